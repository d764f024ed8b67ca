"""Rules of a contract: a number of a whole table against what it must be."""

from __future__ import annotations

import pytest

from marketpulse.project.contract import Rule
from marketpulse.run.rules import holds


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
    rule = Rule("r", "fail", "r", query="select 2", comparison=(kind, 2))
    assert [holds(rule, value) for value in holding] == [True] * len(holding)
    assert [holds(rule, value) for value in not_holding] == [False] * len(not_holding)
    assert not holds(rule, None)
