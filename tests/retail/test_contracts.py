"""Every packaged contract: valid to the standard, complete, and equal to what its query gives."""

from __future__ import annotations

import re

import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from marketpulse import sql
from marketpulse.project.project import Table
from tests.retail.lab import packaged

TABLES = list(packaged().tables.values())
GOLD_TYPES = re.compile(r"boolean|int|long|double|decimal\(\d+,\d+\)|string|date|timestamp")
everywhere = pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])


@everywhere
def test_it_is_valid_to_the_standard(table: Table) -> None:
    parsed = OpenDataContractStandard.from_file(str(table.contract.path))
    assert parsed.id == table.name
    assert parsed.kind == "DataContract"


@everywhere
def test_grain_owner_and_every_column_are_described(table: Table) -> None:
    contract = table.contract
    assert contract.grain.startswith("One row per ")
    assert contract.owner
    assert contract.purpose
    assert [column.name for column in contract.columns if not column.description] == []
    assert [rule.name for rule in contract.rules if not rule.description] == []


@everywhere
def test_its_queries_give_its_columns_in_order(table: Table) -> None:
    history = table.contract.history
    filled = {history.valid_to, history.is_current} if history else set()
    promised = [name for name in table.contract.types if name not in filled]
    for query in table.queries.values():
        assert list(sql.output_columns(query.query)) == promised
        assert query.path.read_text(encoding="utf-8").startswith("-- One row per ")


@everywhere
def test_types_are_those_every_reader_knows_and_money_is_decimal(table: Table) -> None:
    for column in table.contract.columns:
        assert GOLD_TYPES.fullmatch(column.type), column.name
        if column.name.endswith("_amount") or column.name == "price":
            # What is delivered has the digits of a price, what is computed of it all digits, what is rounded four;
            # sums of what strangers post are wider.
            assert column.type in ("decimal(18,6)", "decimal(28,10)", "decimal(18,4)", "decimal(28,4)"), column.name


NUMBERS = ("int", "long", "double", "decimal")
PRICES = ("price", "unit_price", "amount")


@everywhere
def test_money_says_its_currency(table: Table) -> None:
    money = [c for c in table.contract.columns if c.name.endswith("_amount") or c.name in PRICES]
    assert [column.name for column in money if column.measure.currency is None] == []


@everywhere
def test_a_quantity_says_its_unit(table: Table) -> None:
    quantities = [c for c in table.contract.columns if c.name == "quantity" and "unit" in table.contract.types]
    assert [column.name for column in quantities if column.measure.unit != "unit"] == []


@pytest.mark.parametrize(
    "table", [t for t in TABLES if t.name.startswith(("gold.agg_", "gold.mart_"))], ids=lambda table: table.name
)
def test_a_number_of_an_aggregate_says_how_it_adds_up(table: Table) -> None:
    contract = table.contract
    numbers = [c for c in contract.columns if c.type.startswith(NUMBERS) and c.name not in contract.key]
    assert [column.name for column in numbers if column.measure.additive is None] == []


PERSONAL = {"email", "phone", "first_name", "last_name", "birth_date", "customer_id", "user_id"} | {
    "anonymous_id",
    "visitor_id",
    "customer_key",
}


@everywhere
def test_what_tells_who_somebody_is_is_marked(table: Table) -> None:
    open_columns = {column.name for column in table.contract.columns if column.classification == "public"}
    assert open_columns & PERSONAL == set()


@pytest.mark.parametrize("table", [t for t in TABLES if t.contract.partition], ids=lambda table: table.name)
def test_a_partitioned_gold_table_says_what_each_input_reaches(table: Table) -> None:
    if table.contract.layer == "gold":
        assert {rule.table for rule in table.contract.inputs} == set(table.inputs)
    for rule in table.contract.inputs:
        source = packaged().table(rule.table).contract
        assert rule.column is not None or rule.touches is not None
        assert rule.column in (None, source.partition)
