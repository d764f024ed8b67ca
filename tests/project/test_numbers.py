"""A contract says in which currency an amount is and how a number adds up; what cannot be is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract
from marketpulse.project.contractfile import load_contract
from marketpulse.sql.sums import Measure
from tests.shop import contract

COLUMNS = [
    ("day", "date", "key"),
    ("category", "string", "key"),
    ("currency", "string", ""),
    ("amount", "decimal(18,4)", ""),
]


def load(root: Path, column: str, *properties: str) -> Contract:
    path = root / "gold" / "daily" / "contract.yaml"
    path.parent.mkdir(parents=True)
    text = contract("gold.daily", COLUMNS)
    custom = ", ".join(f"{{property: {each}}}" for each in properties)
    said = text.replace(f"name: {column},", f"name: {column}, customProperties: [{custom}],")
    assert said != text
    path.write_text(said, encoding="utf-8")
    return load_contract(path)


@pytest.mark.parametrize(
    ("properties", "measure"),
    [
        (["currency, value: currency"], Measure("currency")),
        (["currency, value: USD"], Measure("USD")),
        (["unit, value: currency"], Measure(unit="currency")),
        (["additive, value: true"], Measure(additive=True)),
        (["additive, value: false"], Measure(additive=False)),
        (["additive, value: {notOver: [category]}"], Measure(additive=False, not_over=("category",))),
        (["currency, value: currency", "additive, value: false"], Measure("currency", additive=False)),
    ],
)
def test_a_column_says_its_currency_and_how_it_adds_up(tmp_path: Path, properties: list[str], measure: Measure) -> None:
    found = {column.name: column.measure for column in load(tmp_path, "amount", *properties).columns}
    assert found["amount"] == measure
    assert found["day"] == Measure()


@pytest.mark.parametrize(
    ("column", "properties", "words"),
    [
        ("amount", ["currency, value: curency"], "currency names 'curency', which is no column of this table (did you"),
        ("amount", ["currency, value: usd"], "or a code of ISO 4217 such as USD"),
        ("amount", ["currency, value: day"], "currency names 'day', which is a date"),
        ("amount", ["currency, value: 3"], "customProperty currency: "),
        ("amount", ["unit, value: curency"], "unit names 'curency', which is no column of this table (did you"),
        ("amount", ["unit, value: kg"], "(the name of a column of this table that says what is counted)"),
        ("amount", ["unit, value: day"], "unit names 'day', which is a date (a unit is a string)"),
        ("amount", ["unit, value: 3"], "customProperty unit: "),
        ("amount", ["currency, value: EUR", "unit, value: currency"], "it says both"),
        ("category", ["currency, value: currency"], "column 'category' is a string, currency is said of numbers"),
        ("day", ["additive, value: false"], "column 'day' is a date, additive is said of numbers"),
        ("amount", ["additive, value: sometimes"], "additive is true, false or {notOver: [columns of the key]}"),
        ("amount", ["additive, value: {notOver: []}"], "additive is true, false or {notOver"),
        ("amount", ["additive, value: {over: [day]}"], "additive is true, false or {notOver"),
        (
            "amount",
            ["additive, value: {notOver: [currency]}"],
            "notOver names 'currency', which is no column of the key",
        ),
        ("amount", ["addsUp, value: true"], "known here: currency, unit, additive"),
        ("amount", ["additive, value: true", "additive, value: false"], "customProperty additive is given twice"),
    ],
)
def test_what_no_number_can_be_is_refused(tmp_path: Path, column: str, properties: list[str], words: str) -> None:
    with pytest.raises(DefinitionError, match=r"contract\.yaml:\d+: ") as caught:
        load(tmp_path, column, *properties)
    (found,) = caught.value.each
    assert words in str(found)
    assert found.about == f"column {column}"


def test_all_of_it_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, "amount", "currency, value: day", "additive, value: {notOver: [day, amount, currency]}")
    assert len(caught.value.each) == 3
