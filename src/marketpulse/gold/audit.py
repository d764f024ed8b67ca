"""Rules and key of a gold table, checked on what was built, before anybody sees it."""

from __future__ import annotations

from marketpulse.engines.views import View
from marketpulse.errors import GateError
from marketpulse.lake.buckets import Buckets
from marketpulse.lake.table import LakeTable
from marketpulse.project.contract import Contract
from marketpulse.run import rules
from marketpulse.run.context import Context
from marketpulse.units import rows_break


def audit(context: Context, contract: Contract, target: LakeTable, build: Buckets) -> dict[str, int]:
    """Warnings that fired, by rule: of what was built, and what is unique in the whole table. Raise GateError."""
    engine = context.engine
    with engine.scope():
        fresh, changed = build.fresh(), [file.path for file in (*build.added(), *build.beside())]
        built = engine.bind("built", target.types, fresh)
        rows = built if {*fresh} >= {*changed} else engine.bind("buckets", target.types, changed)
        warnings = _rows(context, contract, built, rows)
        if contract.unique:
            everything = engine.bind("whole_table", target.types, [file.path for file in build.files()])
            rules.check_unique(engine, contract, everything, context.pseudonyms)
        whole = [rule for rule in contract.rules if rule.query]
        return warnings | rules.check_table_rules(engine, contract, whole, rows)


def _rows(context: Context, contract: Contract, built: View, rows: View) -> dict[str, int]:
    """Check every rule of a row of what was `built`, and its keys among all `rows` of its buckets, in one query.

    What lies beside it was checked when it was built, so a key that is there twice is one of those that came.
    """
    engine = context.engine
    checks = rules.gold_row_checks(contract, engine.dialect)
    key = engine.dialect.names(contract.key)
    same = " and ".join(f"b.{name} is not distinct from r.{name}" for name in map(engine.dialect.name, contract.key))
    within = "" if rows == built else f"where exists (select 1 from {built} as b where {same})"
    again = f"select {key} from {rows} as r {within} group by {key} having count(*) > 1"
    counted = "".join(f"count(*) filter (where {broken}), " for _, broken in checks)
    *counts, _, twice = engine.rows(
        f"select {counted}count(*), (select count(*) from ({again}) as again) from {built}"
    )[0]
    warnings: dict[str, int] = {}
    for (rule, broken), count in zip(checks, counts, strict=True):
        if count and rule.action == "fail":
            keys = f"select {key} from {built} where {broken}"
            raise _broken_rule(context, contract, f"{rule.name} ({rule.description})", count, keys)
        if count:
            warnings[rule.name] = count
    if twice:
        raise _broken_rule(
            context, contract, f"the primary key ({', '.join(contract.key)}) is not unique", twice, again
        )
    return warnings


def _broken_rule(context: Context, contract: Contract, what: str, count: int, keys: str) -> GateError:
    """The error that names a few of the rows whose `keys` a query gives."""
    rows = context.engine.rows(f"{keys} order by all limit 3")
    return GateError(
        f"{rows_break(count)} {what}; for example {rules.examples(contract, contract.key, rows, context.pseudonyms)}",
        where=contract.name,
        hint="the table keeps its last good snapshot; what depends on it is skipped",
    )
