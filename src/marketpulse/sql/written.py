"""How a feed writes numbers, dates and times -> SQL that reads them as SQL writes them, on every engine alike.

A value that is written otherwise is never guessed at: it stays as it is, and is marked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketpulse.sql.patterns import Pattern, is_whole

#: Spaces that part thousands; which one, nobody sees.
_SPACES = " \u00a0\u202f"
_DIGITS = {"'": "'’", " ": _SPACES}
_DAY, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)"
_OFFSET = "(Z|[+-][0-9]{2}:?[0-9]{2})"


@dataclass(frozen=True)
class Written:
    """How one column is written: a `number`, a `date` or a `timestamp`; of times without an offset, whose clock."""

    kind: str
    decimal: str = "."
    thousands: str | None = None
    pattern: str | None = None
    timezone: str | None = None

    @property
    def told(self) -> str:
        """What a value is not that does not fit.

        >>> Written("number", ",", ".").told
        'a number written as 1.234,5'
        """
        if self.kind == "number":
            return f"a number written as 1{self.thousands or ''}234{self.decimal}5"
        clock = f", by the clock of {self.timezone}" if self.timezone else ""
        return f"a {self.kind} written as {self.pattern or 'yyyy-MM-dd HH:mm:ss'}{clock}"

    def text(self, column: str) -> str:
        """SQL of the value as SQL writes it; null when it does not fit."""
        if self.kind == "number":
            return _number(column, self.decimal, self.thousands)
        if self.pattern is None:
            return f"case when {is_whole(column, f'^ *{_DAY}{_TIME}?{_OFFSET}? *$')} then trim({column}) end"
        return Pattern.of(self.pattern).sql(column)


def _number(column: str, decimal: str, thousands: str | None) -> str:
    """The digits alone, and a point; a minus may stand behind them, as in ledgers."""
    part = f"[{_DIGITS.get(thousands, thousands)}]" if thousands else None
    whole = f"([0-9]{{1,3}}({part}[0-9]{{3}})+|[0-9]+)" if part else "[0-9]+"
    body = f"{whole}([{decimal}][0-9]+)?"
    bare = f"regexp_replace(trim({column}), {quoted(part)}, '')" if part else f"trim({column})"
    clean = f"replace({bare}, '{decimal}', '.')"
    ledger = f"concat('-', replace({clean}, '-', ''))"
    return (
        f"case when {is_whole(column, f'^ *[+-]?{body} *$')} then {clean}"
        f" when {is_whole(column, f'^ *{body}- *$')} then {ledger} end"
    )


def quoted(text: str) -> str:
    """A text as a literal of authored SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def mark_of(column: str) -> str:
    """What the mark of a column is called: 1 where its value is written otherwise."""
    return f"_unread_{column}"


def as_written(table: str, columns: Sequence[str], written: Mapping[str, Written], kept: Mapping[str, str]) -> str:
    """Query (authored SQL) over `table` that reads some of its columns as they are `written`, and marks what it cannot.

    Of the columns in `kept`, what was received is kept under another name. All others are as they are.
    """
    read = {name: how for name, how in written.items() if name in columns}
    names = [_name(column) for column in columns]
    raw = [f"{_name(column)} as {_name(other)}" for column, other in kept.items()]
    others = [_name(other) for other in kept.values()]
    texts = [f"{how.text(_name(name))} as {_name(f'_text_{name}')}" for name, how in read.items()]
    moments = [f"{_typed(name, how)} as {_name(f'_value_{name}')}" for name, how in read.items()]
    utc = [f"{_utc(name, how)} as {_name(f'_utc_{name}')}" for name, how in read.items()]
    marks = [f"{_misfit(name, how)} as {_name(mark_of(name))}" for name, how in read.items()]
    given = [_final(name, read[name]) if name in read else _name(name) for name in columns]
    return f"""select {", ".join([*given, *others, *(_name(mark_of(name)) for name in read)])}
        from (select *, {", ".join(marks)} from (select *, {", ".join(utc)} from (select *, {", ".join(moments)}
            from (select {", ".join([*names, *raw, *texts])} from {table}) as texts) as moments) as utc) as marked"""


def _typed(name: str, how: Written) -> str:
    text = _name(f"_text_{name}")
    return text if how.kind == "number" else f"cast({text} as {how.kind})"


def _utc(name: str, how: Written) -> str:
    """The moment that a clock's time is; the earlier one of an hour that the clock shows twice."""
    value = _name(f"_value_{name}")
    if not how.timezone:
        return value
    there = f"{_name(f'_text_{name}')} rlike '{_OFFSET}$'"
    return f"case when {there} then {value} else to_utc_timestamp({value}, {quoted(how.timezone)}) end"


def _misfit(name: str, how: Written) -> str:
    """1 where a value does not fit: it is written otherwise, is no day, or a time that the clock leaves out."""
    value, utc = _name(f"_value_{name}"), _name(f"_utc_{name}")
    wrong = f"{value} is null"
    if how.timezone:
        skipped = f"from_utc_timestamp({utc}, {quoted(how.timezone)}) <> {value}"
        local = f"not {_name(f'_text_{name}')} rlike '{_OFFSET}$'"
        wrong = f"{wrong} or coalesce({local} and {skipped}, false)"
    return f"case when {_name(name)} is not null and ({wrong}) then 1 else 0 end"


def _final(name: str, how: Written) -> str:
    read = f"cast({_name(f'_utc_{name}')} as string)" if how.timezone else _name(f"_text_{name}")
    return f"case when {_name(mark_of(name))} = 1 then {_name(name)} else {read} end as {_name(name)}"


def _name(identifier: str) -> str:
    return "`" + re.sub("`", "``", identifier) + "`"
