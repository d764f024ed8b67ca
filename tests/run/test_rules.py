"""Rules of a contract: a number of a whole table against what it must be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from marketpulse.project.contract import Rule
from marketpulse.project.contractfile import load_contract
from marketpulse.project.owned import owned
from marketpulse.project.table import Table
from marketpulse.run.rules import holds
from tests.shop import contract


@pytest.mark.parametrize(
    ("kind", "holding", "not_holding"),
    [
        ("mustBe", [2], [1, 3]),
        ("mustNotBe", [1, 3], [2]),
        ("mustBeGreaterThan", [3], [1, 2]),
        ("mustBeGreaterOrEqualTo", [2, 3], [1]),
        ("mustBeLessThan", [1], [2, 3]),
        ("mustBeLessOrEqualTo", [1, 2], [3]),
    ],
)
def test_a_rule_of_a_whole_table_compares_its_number(kind: str, holding: list[float], not_holding: list[float]) -> None:
    rule = Rule("r", "fail", "r", query="select 2", comparison=(kind, Decimal(2)))
    assert [holds(rule, value) for value in holding] == [True] * len(holding)
    assert [holds(rule, value) for value in not_holding] == [False] * len(not_holding)
    assert not holds(rule, None)


@pytest.mark.parametrize(
    ("bound", "value", "holding"),
    [
        ("mustBe: 0.1", Decimal("0.1000"), True),
        ("mustNotBe: 0.1", Decimal("0.1000"), False),
        ("mustBeLessThan: 0.3", Decimal("0.3000"), False),
        ("mustBeGreaterOrEqualTo: 0.30", Decimal("0.3"), True),
        ("mustBe: 9007199254740993", 9007199254740992, False),
        ("mustBe: 9007199254740993", 9007199254740993, True),
        ("mustBe: 0.12345678901234567891", Decimal("0.12345678901234567891"), True),
        ("mustBe: 0.12345678901234567891", Decimal("0.12345678901234567890"), False),
        ("mustBe: 0.1", 0.1, True),
        ("mustBeLessThan: 0.3", 0.1 + 0.2, False),
        ("mustBe: 0x2", 2, True),
        ("mustBe: 1_000", 1000, True),
        ("mustBe: 1e3", 1000, True),
    ],
)
def test_a_number_is_compared_with_the_number_that_is_written(
    tmp_path: Path, bound: str, value: float | Decimal, holding: bool
) -> None:
    said = f"{{name: r, type: sql, query: 'select count(*) from {{table}}', {bound}, severity: fail, description: r}}"
    path = tmp_path / "gold" / "agg_v" / "contract.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(contract("gold.agg_v", [("id", "string", "key")], rules=said), encoding="utf-8")
    assert holds(load_contract(path).rules[0], value) is holding


def test_a_bound_that_a_double_holds_is_the_fingerprint_it_was() -> None:
    def digest(bound: str) -> str:
        rule = Rule("r", "fail", "r", query="select 2", comparison=("mustBe", Decimal(bound)))
        return Table(replace(owned()["silver.quarantine"], rules=(rule,))).fingerprints["contract"]

    assert digest("2") == digest("2.0") != digest("3")
    assert digest("9007199254740992") != digest("9007199254740993")
