"""What a silver contract asks of each row, as one query that marks it, and sentences that say what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from marketpulse import sql
from marketpulse.errors import GateError
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Column, Contract
from marketpulse.run.rules import broken
from marketpulse.silver.bits import Bits
from marketpulse.sql import Dialect

FAILED, WARNED = "_failed", "_warned"
#: Whether a row says that its key is no more, where the contract says how a row says so.
ENDS = "_ends"
_BUILT_IN = ("type", "required", "bucket")
_LOOKUP = "lookup"
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
    """One check of a row; `violation` is the condition of a row that fails it, `reads` what columns it is about."""

    rule: str
    message: str
    column: str | None
    action: str
    violation: str
    reads: frozenset[str] = frozenset()

    def describe(self) -> str:
        """What a person reads: `quantity is not a long`, or the rule's own sentence."""
        return f"{self.column} {self.message}" if self.rule in _BUILT_IN else self.message


@dataclass(frozen=True)
class Waiting:
    """Rows with the `mark` have no row where they look one up, on which `columns` depend; `told` says so."""

    mark: str
    told: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Mapped:
    """What a mapping gives: `query` (engine dialect) of raw columns, lineage, the landed `record`, and marks.

    `unfit` says what could not be computed in a mapping that goes on all the same; None for one that does not.
    `written` says how columns of the feed are written that have a mark of what is not; `waits` what rows may wait for.
    """

    query: str
    record: Sequence[str] = ()
    unfit: Sequence[sql.Unfit] | None = None
    written: Mapping[str, sql.Written] = field(default_factory=dict)
    waits: Sequence[Waiting] = ()


@dataclass(frozen=True)
class Checks:
    """All checks of a silver contract, with the query that applies them."""

    failing: tuple[Check, ...]
    warning: tuple[Check, ...]
    query: str

    @property
    def failed(self) -> Bits:
        """Numbers that say which of `failing` a row failed."""
        return Bits(FAILED, len(self.failing))

    @property
    def warned(self) -> Bits:
        """Numbers that say which of `warning` a row failed."""
        return Bits(WARNED, len(self.warning))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of all these numbers."""
        return (*self.failed.columns, *self.warned.columns)

    def reasons(self, words: Sequence[int]) -> list[Check]:
        """Checks that a row failed."""
        return [self.failing[place] for place in self.failed.places(words)]

    def warnings(self, words: Sequence[int]) -> list[Check]:
        """Checks that a row failed and that only warn."""
        return [self.warning[place] for place in self.warned.places(words)]

    def only_waits(self, words: Sequence[int]) -> bool:
        """Whether a row failed nothing but what depends on a row that it looks up and that is not there yet."""
        return {check.rule for check in self.reasons(words)} == {_LOOKUP}

    def fatal(self) -> str:
        """Condition that a row breaks a rule whose action is `fail`."""
        return self.failed.of(place for place, check in enumerate(self.failing) if check.action == "fail")


def silver_checks(contract: Contract, mapped: Mapped, dialect: Dialect) -> Checks:
    """Checks of `contract` over what a mapping gives.

    The query yields the typed columns, the lineage, the numbers of the checks, and for rows that failed the landed
    record.
    """
    columns = [column for column in contract.columns if column.name in contract.given]
    rules = partial(_rules, contract, columns, dialect, mapped.unfit is not None)
    computed = [_computed(each, dialect) for each in mapped.unfit or ()]
    computed += [_unread(name, how, dialect) for name, how in mapped.written.items()]
    failing = _late(mapped.waits, (
        *computed,
        *_built_in(contract, columns, dialect),
        *_lenient(contract, dialect, rules("quarantine", "fail")),
    ))  # fmt: skip
    checks = Checks(failing, tuple(_lenient(contract, dialect, rules("warn"))), "")
    n = dialect.name
    cast = ", ".join(f"{dialect.typed(n(c.name), c.type)} as {n(_as_cast(c))}" for c in columns)
    typed = ", ".join(f"{_fitting(c, dialect)} as {n(_as_typed(c))}" for c in columns)
    final = ", ".join(f"{n(_as_typed(c))} as {n(c.name)}" for c in columns)
    kept = "".join(f", case when {FAILED} <> 0 then {column} end as {column}" for column in mapped.record)
    numbers = [checks.failed.sql([c.violation for c in failing])]
    numbers += [checks.warned.sql([c.violation for c in checks.warning])]
    ends = f", {_deleted(contract, dialect)} as {ENDS}" if contract.deleted else ""
    query = f"""select {final}, {", ".join([*LINEAGE, *checks.columns])}{ends}{kept}
        from (select *, {", ".join(numbers)}
            from (select *, {typed} from (select *, {cast} from ({mapped.query}) as mapped) as cast_rows) as typed_rows
        ) as checked"""
    return Checks(failing, checks.warning, query)


def _late(waits: Sequence[Waiting], checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks, and before them one for each lookup, which stands for those that a row fails for want of it."""
    found = list(checks)
    late: list[Check] = []
    for each in waits:
        mine = [place for place, check in enumerate(checks) if check.reads & each.columns]
        if mine:
            any_of = " or ".join(f"({checks[place].violation})" for place in mine)
            late.append(Check(_LOOKUP, each.told, None, "quarantine", f"({each.mark} and ({any_of}))"))
        for place in mine:
            found[place] = replace(found[place], violation=f"(not {each.mark} and ({found[place].violation}))")
    return (*late, *found)


def _built_in(contract: Contract, columns: Sequence[Column], dialect: Dialect) -> Iterator[Check]:
    """Types, required columns, and a bucket whose name a folder can bear."""
    for c in columns:
        raw, typed = dialect.name(c.name), dialect.name(_as_typed(c))
        if c.type != "string":
            unfit = f"{raw} is not null and {typed} is null"
            yield Check("type", f"is not a {c.type}", c.name, "quarantine", unfit, frozenset([c.name]))
        if c.required:
            reads = frozenset([c.name])
            missing = Check("required", "is missing", c.name, "quarantine", f"{raw} is null", reads)
            yield from [missing] if c.name in contract.key else _lenient(contract, dialect, [missing])
        if c.name == contract.partition and c.type == "string":
            long = f"coalesce({sql.bytes_in_url(raw)}, 0) > {_LONGEST_BUCKET}"
            yield Check("bucket", "is too long to name a bucket", c.name, "quarantine", long, frozenset([c.name]))


def _lenient(contract: Contract, dialect: Dialect, checks: Iterable[Check]) -> list[Check]:
    """Checks as far as they concern a row that says that its key is no more: it need not say anything else."""
    if contract.deleted is None:
        return list(checks)
    stays = f"not {_deleted(contract, dialect)}"
    return [replace(check, violation=f"({stays} and ({check.violation}))") for check in checks]


def _deleted(contract: Contract, dialect: Dialect) -> str:
    """Condition of a typed row that says so; null, and what cannot be computed, says nothing."""
    names = {name: _typed_name(name) for name in contract.given}
    rule = contract.deleted
    condition = sql.condition(rule.condition or "", dialect, rule.where or contract.path, names) if rule else "false"
    return f"coalesce({dialect.tried(f'({condition})')}, false)"


def _computed(unfit: sql.Unfit, dialect: Dialect) -> Check:
    message = f"{unfit.name} cannot be computed: a value is too large, or not what it is taken for"
    violation = f"{unfit.mark} = {dialect.text(unfit.name)}"
    return Check("computed", message, unfit.column, "quarantine", violation, frozenset([unfit.column or ""]))


def _unread(column: str, how: sql.Written, dialect: Dialect) -> Check:
    violation = f"{dialect.name(sql.mark_of(column))} = 1"
    return Check("written", f"{column} is not {how.told}", None, "quarantine", violation)


def _rules(
    contract: Contract, columns: Sequence[Column], dialect: Dialect, tolerant: bool, *actions: str
) -> Iterator[Check]:
    names = {c.name: _as_typed(c) for c in columns}
    for rule in contract.rules:
        if rule.condition and rule.action in actions:
            violation = broken(rule, names, dialect, contract)
            if tolerant:
                violation = f"({dialect.stops(violation)} or {dialect.tried(violation)})"
            reads = frozenset(map(str.lower, sql.columns_of(rule.condition, rule.where or contract.path)))
            yield Check(rule.name, rule.description, rule.column, rule.action, violation, reads)


def _as_cast(column: Column) -> str:
    return f"_cast_{column.name}"


def _as_typed(column: Column) -> str:
    return _typed_name(column.name)


def _typed_name(name: str) -> str:
    return f"_typed_{name}"


def _fitting(column: Column, dialect: Dialect) -> str:
    """The cast value, once; null as well for a year that is none of 1 to 9999, and for a NaN or infinity."""
    value = dialect.name(_as_cast(column))
    if column.type in _FITTING:
        return f"case when {_FITTING[column.type].format(value)} then {value} end"
    return value


def share_gate(contract: Contract, source: str, read: int, quarantined: int, reasons: Mapping[str, int]) -> None:
    """Raise GateError when too large a share of a feed's rows was rejected (a handful never is, unless it is all)."""
    too_many = read > 0 and quarantined / read > contract.rejected_share_limit
    if too_many and (quarantined > _HANDFUL or quarantined == read):
        top = "; ".join(f"{count:,} × {reason}" for reason, count in sorted(reasons.items(), key=lambda r: -r[1])[:3])
        raise GateError(
            f"{quarantined:,} of {read:,} rows of {source} would be quarantined "
            f"({quarantined / read:.1%}, the limit is {contract.rejected_share_limit:.1%}): {top}",
            where=contract.name,
            hint="fix the feed or its SQL; take a wrong file back (marketpulse forget <file>); or raise "
            "rejectedShareLimit in the contract",
        )
