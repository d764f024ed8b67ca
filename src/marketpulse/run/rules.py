"""Rules of a contract -> SQL that marks each row, and sentences that say what is wrong with it.

Every check of a row is one bit of a number (`_failed`, `_warned`), so that one pass over the data finds
every reason of every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketpulse import sql
from marketpulse.engines import Engine
from marketpulse.errors import DefinitionError, GateError
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Column, Contract, Rule

FAILED, WARNED = "_failed", "_warned"
_MOST_CHECKS = 62
_BUILT_IN = ("type", "required", "bucket")
#: A bucket is a folder, whose name file systems bound at 255 bytes.
_LONGEST_BUCKET = 200
#: What a value must be besides castable: calendars and sums stop working beyond.
_FITTING = {
    "date": "{0} between date '0001-01-01' and date '9999-12-31'",
    "timestamp": "{0} between timestamp '0001-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999999'",
    "double": "{0} between -1.7976931348623157e308 and 1.7976931348623157e308",
}
#: So few rejected rows say nothing about a feed: its one bad line must not hold up a small load.
_HANDFUL = 5


@dataclass(frozen=True)
class Check:
    """One check: `violation` is Spark SQL over raw columns `m.x` and typed columns `t.x`."""

    rule: str
    message: str
    column: str | None
    action: str
    bit: int


@dataclass(frozen=True)
class Checks:
    """All checks of a silver contract, with the query that applies them."""

    failing: tuple[Check, ...]
    warning: tuple[Check, ...]
    query: str

    def reasons(self, bits: int) -> list[Check]:
        """Checks that `_failed = bits` names."""
        return [check for check in self.failing if bits >> check.bit & 1]

    def warnings(self, bits: int) -> list[Check]:
        """Checks that `_warned = bits` names."""
        return [check for check in self.warning if bits >> check.bit & 1]

    def fatal_mask(self) -> int:
        """Bits of the checks whose action is `fail`."""
        return sum(1 << check.bit for check in self.failing if check.action == "fail")


def silver_checks(contract: Contract, mapped: str, dialect: str, record: Sequence[str] = ()) -> Checks:
    """Checks of `contract` over the query text `mapped` (engine dialect; gives raw columns, lineage and `record`).

    The query yields the typed columns, the lineage, `_failed`, `_warned`, and for rows that failed the landed `record`.
    """
    history = contract.history
    filled = {history.valid_to, history.is_current} if history else set()
    columns = [column for column in contract.columns if column.name not in filled]
    failing: list[tuple[str, str, str | None, str, str]] = []
    for c in columns:
        raw, typed = sql.name(c.name, dialect), sql.name(f"_typed_{c.name}", dialect)
        if c.type != "string":
            failing.append(
                ("type", f"is not a {c.type}", c.name, "quarantine", f"{raw} is not null and {typed} is null")
            )
        if c.required:
            failing.append(("required", "is missing", c.name, "quarantine", f"{raw} is null"))
        if c.name == contract.partition and c.type == "string":
            long = f"coalesce({sql.bytes_in_url(raw)}, 0) > {_LONGEST_BUCKET}"
            failing.append(("bucket", "is too long to name a bucket", c.name, "quarantine", long))
    names = {c.name: f"_typed_{c.name}" for c in columns}
    failing += [
        (rule.name, rule.description, rule.column, rule.action, _broken(rule, names, dialect, contract))
        for rule in contract.row_rules("quarantine", "fail")
    ]
    warning = [
        (rule.name, rule.description, rule.column, rule.action, _broken(rule, names, dialect, contract))
        for rule in contract.row_rules("warn")
    ]
    if len(failing) > _MOST_CHECKS or len(warning) > _MOST_CHECKS:
        raise DefinitionError(f"more than {_MOST_CHECKS} checks", where=contract.path, hint="split the table")
    cast = ", ".join(
        f"{sql.typed(sql.name(c.name, dialect), c.type, dialect)} as {sql.name(_as_cast(c), dialect)}" for c in columns
    )
    typed = ", ".join(f"{_fitting(c, dialect)} as {sql.name(names[c.name], dialect)}" for c in columns)
    final = ", ".join(f"{sql.name(names[c.name], dialect)} as {sql.name(c.name, dialect)}" for c in columns)
    kept = "".join(f", case when {FAILED} <> 0 then {column} end as {column}" for column in record)
    query = f"""select {final}, {", ".join(LINEAGE)}, {FAILED}, {WARNED}{kept}
        from (select *, {_bits(failing)} as {FAILED}, {_bits(warning)} as {WARNED}
            from (select *, {typed} from (select *, {cast} from ({mapped}) as mapped) as cast_rows) as typed_rows
        ) as checked"""
    return Checks(_checks(failing), _checks(warning), query)


def _as_cast(column: Column) -> str:
    return f"_cast_{column.name}"


def _fitting(column: Column, dialect: str) -> str:
    """The cast value, once; null as well for a year that is none of 1 to 9999, and for a NaN or infinity."""
    value = sql.name(_as_cast(column), dialect)
    if column.type in _FITTING:
        return f"case when {_FITTING[column.type].format(value)} then {value} end"
    return value


def _checks(found: Sequence[tuple[str, str, str | None, str, str]]) -> tuple[Check, ...]:
    return tuple(Check(rule, text, column, action, bit) for bit, (rule, text, column, action, _) in enumerate(found))


def _bits(found: Sequence[tuple[str, str, str | None, str, str]]) -> str:
    terms = [f"case when {violation} then {1 << bit} else 0 end" for bit, (*_, violation) in enumerate(found)]
    return f"cast({' + '.join(terms) or '0'} as bigint)"


def _broken(rule: Rule, names: Mapping[str, str], dialect: str, contract: Contract) -> str:
    """Condition, in the engine's dialect, that holds for the rows that break the rule."""
    condition = sql.condition(rule.condition or "", dialect, contract.path, names)
    return f"not coalesce(({condition}), true)"


def describe(check: Check) -> str:
    """What a person reads: `quantity is not a long`, or the rule's own sentence."""
    return f"{check.column} {check.message}" if check.rule in _BUILT_IN else check.message


def gold_row_checks(contract: Contract, dialect: str) -> list[tuple[Rule, str]]:
    """Row rules of a gold table (required columns and types included) with the condition of a broken row."""
    required = [
        (Rule("required", "fail", f"{c.name} is missing", c.name), f"{sql.name(c.name, dialect)} is null")
        for c in contract.columns
        if c.required
    ]
    rules = contract.row_rules("warn", "fail")
    return required + [(rule, _broken(rule, {}, dialect, contract)) for rule in rules]


def check_table_rules(engine: Engine, contract: Contract, rules: Sequence[Rule], view: str) -> dict[str, int]:
    """Run the rules of a whole table over `view`; names of the warnings that fired.

    Raise GateError for the first `fail` rule that does not hold.
    """
    fired: dict[str, int] = {}
    for rule in rules:
        query = sql.translate((rule.query or "").replace("{table}", view), engine.dialect)
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


def share_gate(contract: Contract, source: str, read: int, quarantined: int, reasons: Mapping[str, int]) -> None:
    """Raise GateError when too large a share of a feed's rows was rejected (a handful never is, unless it is all)."""
    too_many = read > 0 and quarantined / read > contract.rejected_share_limit
    if too_many and (quarantined > _HANDFUL or quarantined == read):
        top = "; ".join(f"{count:,} × {reason}" for reason, count in sorted(reasons.items(), key=lambda r: -r[1])[:3])
        raise GateError(
            f"{quarantined:,} of {read:,} rows of {source} would be quarantined "
            f"({quarantined / read:.1%}, the limit is {contract.rejected_share_limit:.1%}): {top}",
            where=contract.name,
            hint="fix the feed or its SQL; or raise rejectedShareLimit in the contract",
        )
