"""What a table promises, read from its contract; a contract that contradicts itself is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract, InputRule, Merge
from marketpulse.project.contractfile import load_contract
from tests.shop import contract

SALES = [("id", "string", "key"), ("day", "date", "bucket"), ("qty", "int", ""), ("amount", "decimal(18,4)", "")]
MERGE = "{property: merge, value: {policy: latest, orderBy: [qty]}}"
RULE = "{name: some, type: custom, engine: marketpulse, implementation: qty > 0, severity: warn, description: some}"


def load(root: Path, text: str, name: str = "silver.sales") -> Contract:
    path = root / name.replace(".", "/") / "contract.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return load_contract(path)


def test_a_contract_is_its_columns_key_bucket_rules_and_merge(tmp_path: Path) -> None:
    found = load(tmp_path, contract("silver.sales", SALES, MERGE, RULE))
    assert found.types == {"id": "string", "day": "date", "qty": "int", "amount": "decimal(18,4)"}
    assert (found.layer, found.key, found.partition) == ("silver", ("id",), "day")
    assert [c.name for c in found.columns if c.required] == ["id", "day"]
    assert found.merge == Merge("latest", ("qty",))
    assert [rule.condition for rule in found.row_rules("warn")] == ["qty > 0"]
    assert found.row_rules("fail", "quarantine") == []
    assert found.rejected_share_limit == 0.2


def test_an_input_without_a_rule_rebuilds_the_whole_table(tmp_path: Path) -> None:
    inputs = "{property: inputs, value: [{table: silver.sales, column: day, before: 1}]}"
    found = load(tmp_path, contract("gold.agg", SALES, inputs), "gold.agg")
    assert found.input_rule("silver.sales") == InputRule("silver.sales", "day", before=1)
    assert found.input_rule("silver.clicks") is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: silver.sales", "id: silver.sale", "the folder says 'silver.sales'"),
        ("physicalType: 'int'", "physicalType: 'integer'", "column 'qty' has the unknown type 'integer'"),
        ("decimal(18,4)", "decimal(39,4)", "p up to 38"),
        ("name: qty,", "name: day,", "column 'day' is named twice"),
        ("{name: qty,", "{name: qty, partitioned: true,", "2 partition columns"),
        ("primaryKey: true, ", "", "no primary key"),
        ("orderBy: [qty]", "orderBy: [when]", "unknown column 'when'"),
        ("policy: latest", "policy: newest", "merge.policy is 'newest' (one of latest, first)"),
        ("property: merge", "property: mrege", "there is no customProperty mrege (did you mean merge?)"),
        (MERGE, "{property: rejectedShareLimit, value: 0.5}", "says how rows with one key merge"),
        ("implementation: qty > 0, ", "", "rule 'some' has no implementation"),
        ("type: custom", "type: sql", "needs a query and one comparison"),
        ("physicalType: 'date'", "physicalType: 'int'", "partition 'day' is neither date nor string"),
    ],
)
def test_a_contract_that_cannot_be_is_refused_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = contract("silver.sales", SALES, MERGE, RULE)
    assert old in text
    with pytest.raises(DefinitionError, match=r"contract\.yaml:\d+: ") as caught:
        load(tmp_path, text.replace(old, new, 1))
    assert any(words in str(each) for each in caught.value.each)


def test_gold_warns_or_fails(tmp_path: Path) -> None:
    text = contract("gold.agg", SALES, "", RULE.replace("severity: warn", "severity: quarantine"))
    with pytest.raises(DefinitionError, match="quarantine belongs to silver"):
        load(tmp_path, text, "gold.agg")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: qty,", "name: _qty,", "names that begin with _ are the platform's"),
        ("logicalType: integer", "logicalType: date", "is logically a date and physically a int"),
        ("primaryKey: true,", "primaryKey: true, primaryKeyPosition: 2,", "has the primaryKeyPosition 2 of 1"),
        ("{name: qty,", "{name: qty, partitionKeyPosition: 1,", "has a partitionKeyPosition and is not partitioned"),
        ("{name: qty,", "{name: qty, examples: [1, many],", "the example many of column 'qty' is no int"),
        ("status: active", "status: alive", "status is 'alive' (did you mean active?)"),
        ("customProperties:", "customProperties:\n  - {property: merge, value: {policy: first}}", "given twice"),
        ("customProperties:", "customProperties:\n  - {property: inputs, value: []}", "is for gold tables"),
        ("severity: warn", "severity: warn, query: select 1", "is of type custom and has query"),
        ("severity: warn", "severity: warn, mustBe: 1", "is of type custom and has mustBe"),
        (
            "type: custom, engine: marketpulse, implementation: qty > 0",
            "type: sql, query: 'select count(*) from {table}', mustBe: 1, mustNotBe: 2",
            "has 2 comparisons",
        ),
    ],
)
def test_a_field_of_the_standard_is_enforced_or_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = contract("silver.sales", SALES, MERGE, RULE)
    assert old in text
    with pytest.raises(DefinitionError) as caught:
        load(tmp_path, text.replace(old, new, 1))
    assert any(words in str(each) for each in caught.value.each)
