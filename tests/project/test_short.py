"""A short contract is the long one that it stands for, to the last field; what is wrong is told where it stands."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract
from marketpulse.project.contractfile import load_contract, read_contract
from marketpulse.project.short import read_definition

SHORT = """\
owner: purchasing
key: [sku, price_date]
partition: price_date
columns:
  sku: string What it is called on the shelf.
  price_date: date
  price: {type: "decimal(18,4)!", currency: currency, rules: {price_is_positive: price > 0}}
  currency: string!
  buyer: {type: string, identifies: [email], description: Who buys it., unique: true}
rules:
  name_is_short: {condition: length(sku) < 9, severity: warn, description: a long name}
  some_rows: {query: "select count(*) from {table}", mustBeGreaterThan: 0.10}
"""
LONG = """\
apiVersion: v3.0.2
kind: DataContract
id: silver.prices
name: prices
version: 1.0.0
status: active
description: {purpose: One row per sku and price_date.}
team: [{username: purchasing, role: owner}]
schema:
  - name: prices
    dataGranularityDescription: One row per sku and price_date.
    properties:
      - {name: sku, logicalType: string, physicalType: string, primaryKey: true, primaryKeyPosition: 1,
         description: What it is called on the shelf.}
      - {name: price_date, logicalType: date, physicalType: date, primaryKey: true, primaryKeyPosition: 2,
         partitioned: true, description: Price date.}
      - name: price
        logicalType: number
        physicalType: decimal(18,4)
        required: true
        description: Price.
        customProperties: [{property: currency, value: currency}]
        quality:
          - {name: price_is_positive, type: custom, engine: marketpulse, implementation: price > 0,
             severity: quarantine, description: "not so: price > 0"}
      - {name: currency, logicalType: string, physicalType: string, required: true, description: Currency.}
      - {name: buyer, logicalType: string, physicalType: string, unique: true, classification: pii,
         description: Who buys it., customProperties: [{property: identifies, value: [email]}]}
    quality:
      - {name: name_is_short, type: custom, engine: marketpulse, implementation: length(sku) < 9, severity: warn,
         description: a long name}
      - {name: some_rows, type: sql, query: "select count(*) from {table}", mustBeGreaterThan: 0.10, severity: fail,
         description: "some rows: not so"}
customProperties: [{property: merge, value: {policy: latest}}]
"""


def write(root: Path, text: str, name: str = "silver.prices") -> Path:
    path = root / name.replace(".", "/") / "contract.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def load(root: Path, text: str, name: str = "silver.prices") -> Contract:
    return load_contract(write(root, text, name))


def errors(root: Path, text: str, name: str = "silver.prices") -> list[str]:
    path = write(root, text, name)
    with pytest.raises(DefinitionError) as raised:
        load_contract(path)
    return [f"{each.place}: {each.message}".replace(f"{path}:", "") for each in raised.value.each]


def test_it_is_the_long_one(tmp_path: Path) -> None:
    long = load(tmp_path, LONG)
    assert replace(load(tmp_path, SHORT), text="") == replace(long, text="")


def test_a_gold_table_of_three_lines_has_rules_that_fail_and_no_merge(tmp_path: Path) -> None:
    text = "owner: finance\nkey: day\ncolumns: {day: date, total: long!}\nrules: {some: total > 0}\n"
    found = load(tmp_path, text, "gold.totals")
    assert (found.grain, found.key, found.merge) == ("One row per day.", ("day",), None)
    assert [(rule.name, rule.action) for rule in found.rules] == [("some", "fail")]


def test_what_is_said_is_not_defaulted(tmp_path: Path) -> None:
    said = "grain: A price.\ndescription: {purpose: Prices., usage: Often.}\nversion: 2.0.0\nkeep: 30 days\n"
    text = f"{said}merge: {{policy: first, orderBy: [price]}}\n{SHORT}"
    found = load(tmp_path, text)
    assert (found.grain, found.purpose, found.notes["usage"]) == ("A price.", "Prices.", "Often.")
    assert found.merge is not None
    assert (found.merge.policy, found.merge.order_by, found.keep) == ("first", ("price",), 30)
    assert read_definition(write(tmp_path, text))[0].data["version"] == "2.0.0"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("owner: purchasing\n", "", "1:1: owner is missing"),
        ("key: [sku, price_date]\n", "", "1:1: key is missing"),
        ("[sku, price_date]", "[skew, price_date]", "2:7: key names skew, which is no column"),
        ("[sku, price_date]", "[[sku], price_date]", "2:7: key is no name of a column"),
        ("key: [sku, price_date]", "key: {a: sku}", "2:6: key is no name of a column"),
        ("columns:\n", "columns: [sku]\nmore:\n", "columns is not names with types"),
        ("partition: price_date", "partition: day", "3:12: partition names day, which is no column"),
        ("partition:", "partitoin:", "3:1: there is no field partitoin"),
        ("price_date: date", "price_date: dat", "6:15: column 'price_date' has the unknown type 'dat'"),
        ("price_date: date", "price_date:", "6:14: column price_date says nothing where its type belongs"),
        ('"decimal(18,4)!"', "decimal(18", "7:17: column price says 'decimal(18' where its type belongs"),
        ("unique: true", "uniqe: true", "9:73: column buyer: there is no field uniqe"),
        ("currency: currency,", "currency: curency,", "curency"),
        ("price > 0", "pric > 0", "7:82: condition 'pric > 0': there is no column pric"),
        ("price > 0", "[]", "7:63: rule price_is_positive says no condition"),
        ("severity: warn", "severity: wrn", "11:57: severity is 'wrn'"),
        ("severity: warn", "sverity: warn", "11:47: rule name_is_short: there is no field sverity"),
        ("rules:\n", "merge: newest\nrules:\n", "10:8: merge.policy is 'newest'"),
        ("currency: string!", "currency: string ! Words", "8:13: column currency: ! stands apart from its type"),
        ("price_date: date", "price_date: date !", "6:15: column price_date: ! stands apart from its type"),
        ('4)!",', '4)!", required: false,', "7:35: column price: its type says !, and required says it otherwise"),
        ('4)!",', '4)! It.", description: Its cost,', "7:39: column price: its type says words, and description"),
        ("key: [sku, price_date]", "key: [sku, sku]", "2:12: key names sku twice"),
        ("rules:\n", "rulez:\n", "10:1: there is no field rulez"),
        ("currency: string!", "Currency: string!", "8:3: no column can be called 'Currency'"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in SHORT
    found = errors(tmp_path, SHORT.replace(old, new, 1))
    assert any(told in each for each in found), found


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = "key: a\ncolumns: {a: strng, b: {type: int, colour: red}}\nrules: {r: b > c}\nmerge: newest\n"
    assert len(errors(tmp_path, text)) == 4


@pytest.mark.parametrize("text", ["ownr: x\nkeys: id\ncolums: {id: string}\n", "owner: x\nkey: id\ncolumns: [id]\n"])
def test_a_short_contract_is_told_in_its_own_words(text: str, tmp_path: Path) -> None:
    found = " ".join(errors(tmp_path, text))
    assert not any(word in found for word in ("apiVersion", "properties", "team", "schema"))


def test_both_forms_in_one_file_are_the_long_one_with_fields_too_many(tmp_path: Path) -> None:
    assert any("there is no field columns" in each for each in errors(tmp_path, LONG + "columns: {a: int}\n"))


def test_the_page_shows_one_that_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(# silver/prices.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert load(tmp_path, shown).key == ("sku", "price_date")


WORDS = st.sampled_from(
    ["id", "day", "int!", "decimal(18,4)! Words: here", "decimal(", "x > 0", "latest", "", None, True, 5]
)
FIELDS = st.sampled_from(
    ["owner", "key", "partition", "columns", "rules", "merge", "inputs", "grain", "description", "type", "query", "id"]
)
ANYTHING = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(FIELDS, ANYTHING, min_size=1), st.booleans())
def test_whatever_is_written_is_told_and_nothing_else_happens(
    tmp_path: Path, said: dict[str, object], is_near: bool
) -> None:
    near = {"owner": "o", "key": "id", "columns": {"id": "string", "day": said.get("columns")}}
    path = write(tmp_path, json.dumps({**said, **near} if is_near else said))
    with suppress(DefinitionError):
        read_contract(path)
