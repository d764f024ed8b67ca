"""Rules of a contract as SQL over the rows that break them, and what a whole table must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.engines.views import View
from marketpulse.errors import GateError
from marketpulse.project.contract import Contract, Rule
from marketpulse.sql import Dialect


def broken(rule: Rule, names: Mapping[str, str], dialect: Dialect, contract: Contract) -> str:
    """Condition, in the engine's dialect, that holds for the rows that break the rule; `names` renames its columns."""
    condition = sql.condition(rule.condition or "", dialect, contract.path, names)
    return f"not coalesce(({condition}), true)"


def gold_row_checks(contract: Contract, dialect: Dialect) -> list[tuple[Rule, str]]:
    """Row rules of a gold table (required columns and types included) with the condition of a broken row."""
    required = [
        (Rule("required", "fail", f"{c.name} is missing", c.name), f"{dialect.name(c.name)} is null")
        for c in contract.columns
        if c.required
    ]
    return required + [(rule, broken(rule, {}, dialect, contract)) for rule in contract.row_rules("warn", "fail")]


def check_table_rules(engine: Engine, contract: Contract, rules: Sequence[Rule], rows: View) -> dict[str, int]:
    """Run the rules of a whole table over its `rows`; names of the warnings that fired.

    Raise GateError for the first `fail` rule that does not hold.
    """
    fired: dict[str, int] = {}
    for rule in rules:
        query = sql.translate((rule.query or "").replace("{table}", rows.name), engine.dialect)
        value = engine.rows(query)[0][0]
        if holds(rule, value):
            continue
        kind, bound = rule.comparison or ("", 0)
        if rule.action == "fail":
            raise GateError(
                f"rule {rule.name} ({rule.description}): {value} is not {kind} {bound:g}",
                where=contract.name,
                hint="the table keeps its last good snapshot; what depends on it is skipped",
            )
        fired[rule.name] = 1
    return fired


def holds(rule: Rule, value: float | None) -> bool:
    """Does the number a table rule's query gave meet the comparison? No number never does."""
    if value is None or rule.comparison is None:
        return False
    kind, bound = rule.comparison
    return {
        "mustBe": value == bound,
        "mustNotBe": value != bound,
        "mustBeGreaterThan": value > bound,
        "mustBeGreaterOrEqualTo": value >= bound,
        "mustBeLessThan": value < bound,
        "mustBeLessOrEqualTo": value <= bound,
    }[kind]
