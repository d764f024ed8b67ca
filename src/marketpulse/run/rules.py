"""Rules of a contract as SQL over the rows that break them, and what a whole table must be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.engines.views import View
from marketpulse.errors import DefinitionError, GateError
from marketpulse.project.contract import Contract, Rule
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.sql import Dialect

_LAST_GOOD = "the table keeps its last good snapshot; what depends on it is skipped"


@dataclass(frozen=True)
class Told:
    """What a rule that warned is about, and the query that `marketpulse query` takes for the rows that break it.

    `of_table` is for rules of a whole table: no row breaks them, and the query gives their number.
    """

    description: str
    query: str
    of_table: bool = False


def broken(rule: Rule, names: Mapping[str, str], dialect: Dialect, contract: Contract) -> str:
    """Condition, in the engine's dialect, that holds for the rows that break the rule; `names` renames its columns."""
    condition = sql.condition(rule.condition or "", dialect, rule.where or contract.path, names)
    return f"not coalesce(({condition}), true)"


def told(contract: Contract, names: Collection[str]) -> dict[str, Told]:
    """What rules of a table are about, by name, and what to ask for the rows that break them; people ask DuckDB."""
    found: dict[str, Told] = {}
    for rule in contract.rules:
        if rule.name in names and rule.condition:
            condition = broken(rule, {}, sql.DUCKDB, contract)
            found[rule.name] = Told(rule.description, f"select * from {contract.name} where {condition} limit 20")
        elif rule.name in names:
            query = sql.measured(rule.query or "", sql.DUCKDB, "measured", rule.where or contract.path)
            asked = f"with measured as (select * from {contract.name}) select * from ({query}) as told"
            found[rule.name] = Told(rule.description, asked, of_table=True)
    return found


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

    Raise GateError for the first `fail` rule that does not hold, DefinitionError for one that gives no number.
    """
    fired: dict[str, int] = {}
    for rule in rules:
        value = _number(engine, contract, rule, rows)
        if holds(rule, value):
            continue
        kind, bound = rule.comparison or ("", Decimal())
        if rule.action == "fail":
            raise GateError(
                f"rule {rule.name} ({rule.description}): {value} is not {kind} {bound:f}",
                where=contract.name,
                hint=_LAST_GOOD,
            )
        fired[rule.name] = 1
    return fired


def _number(engine: Engine, contract: Contract, rule: Rule, rows: View) -> float | Decimal | None:
    where = rule.where or contract.path
    found = engine.rows(sql.measured(rule.query or "", engine.dialect, rows.name, where))
    value = found[0][0] if len(found) == 1 else found
    if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return value
    told = f"rule {rule.name} gives {str(value)[:40]!r}, not one number"
    raise DefinitionError(told, where=sql.place_in(where), hint="count or sum something", about=f"rule {rule.name}")


def examples(contract: Contract, columns: Sequence[str], rows: Iterable[Sequence[Any]], pseudonyms: Pseudonyms) -> str:
    """A few rows as errors name them: these are kept and read by many, so people are in them by pseudonyms."""
    personal = {column.name for column in contract.personal}
    named = ([pseudonyms.of(v) if n in personal else str(v) for n, v in zip(columns, row, strict=True)] for row in rows)
    return " | ".join(map(", ".join, named))


def check_unique(engine: Engine, contract: Contract, rows: View, pseudonyms: Pseudonyms) -> None:
    """Raise GateError when two of all rows of a table have one value of a unique column; null is no value."""
    for column in contract.unique:
        name = engine.dialect.name(column)
        again = f"select {name} from {rows} where {name} is not null group by {name} having count(*) > 1"
        twice = engine.rows(f"select count(*) from ({again}) as again")[0][0]
        if twice:
            found = engine.rows(f"{again} order by {name} limit 3")
            samples = examples(contract, [column], found, pseudonyms)
            raise GateError(
                f"{twice:,} values of {column}, which is unique, are in several rows; for example {samples}",
                where=contract.name,
                hint=_LAST_GOOD,
            )


def holds(rule: Rule, value: float | Decimal | None) -> bool:
    """Does the number a table rule's query gave meet the comparison? No number never does.

    What is exact is compared exactly; a double with the double that is next to the bound.
    """
    if value is None or rule.comparison is None:
        return False
    kind, exact = rule.comparison
    bound = float(exact) if isinstance(value, float) else exact
    return {
        "mustBe": value == bound,
        "mustNotBe": value != bound,
        "mustBeGreaterThan": value > bound,
        "mustBeGreaterOrEqualTo": value >= bound,
        "mustBeLessThan": value < bound,
        "mustBeLessOrEqualTo": value <= bound,
    }[kind]
