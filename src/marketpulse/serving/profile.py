"""What the columns of a table hold: how many are empty, how many values there are, from what to what, which most often.

Of a large table a part is looked at. Of a personal column analysts are told counts only, which name nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from marketpulse.engines.limits import Given
from marketpulse.lake.table import LakeTable
from marketpulse.names import LINEAGE
from marketpulse.run.context import Context
from marketpulse.serving.masking import public
from marketpulse.serving.query import Moment, stream
from marketpulse.serving.values import values
from marketpulse.sql import DUCKDB

#: Rows that are looked at; of a larger table a sample of about so many.
_ROWS = 1_000_000
#: Values that are told, and kinds of values of which the most frequent ones say something.
_TOP, _KINDS = 5, 10_000
#: Letters of a value.
_LETTERS = 80
#: Lines of an answer: more than columns of any table have most frequent values.
_MOST = 100_000
_NESTED = ("list", "struct", "map", "binary", "fixed")


@dataclass(frozen=True)
class ColumnProfile:
    """One column of the rows that were looked at. Of one that `is_personal` there is no value.

    `empty` are rows without a value, `kinds` how many different ones there are (about), `top` those that are most
    frequent, each with its rows.
    """

    name: str
    type: str
    empty: int
    kinds: int
    low: Any = None
    high: Any = None
    top: Sequence[tuple[str, int]] = ()
    is_personal: bool = False


@dataclass(frozen=True)
class Profile:
    """All columns; `rows` of `whole` were looked at."""

    rows: int
    whole: int
    columns: list[ColumnProfile] = field(default_factory=list)


def profile(context: Context, table: LakeTable, moment: Moment, given: Given) -> Profile:
    """The profile of a table as of a moment. Raise UsageError where nothing of it is public, LimitError."""
    shown = public(table.name, context.contract(table.name)) if moment.masked else None
    seen = moment.snapshot(table) if table.snapshot_id else None
    whole = sum(file.rows for file in table.files(seen)) if seen else 0
    types = {name: kind for name, kind in table.types_at(seen).items() if name not in LINEAGE}
    told = dict.fromkeys(types, False) if shown is None else shown
    clear = [name for name in types if told.get(name) is False]
    reads = _Part(context, table.name, whole, moment.whole, given)
    return _profile(reads, types, clear, whole) if whole else Profile(0, 0)


@dataclass(frozen=True)
class _Part:
    """The rows that are looked at."""

    context: Context
    name: str
    whole: int
    moment: Moment
    given: Given

    @property
    def source(self) -> str:
        """As it stands in a query: the same part each time."""
        layer, short = self.name.split(".")
        named = f"{layer}.{DUCKDB.name(short)}"
        if self.whole <= _ROWS:
            return named
        return f"{named} tablesample {max(100 * _ROWS / self.whole, 0.01):.4f} percent (system, 7)"

    def table(self, query: str) -> pa.Table:
        """The result of a query."""
        given = replace(self.given, first=_MOST, letters=_LETTERS)
        return stream(self.context, query, moment=self.moment, given=given).read_all()


def _profile(part: _Part, types: dict[str, str], public: Sequence[str], whole: int) -> Profile:
    asked = ["count(*)"]
    for name, kind in types.items():
        asked += [f"count({DUCKDB.name(name)})", _kinds(name, kind)]
        asked += [_end("min", name), _end("max", name)] if _has_ends(name, types, public) else []
    texts = ", ".join(f"{text} as c{n}" for n, text in enumerate(asked))
    answers = iter([values(column)[0] for column in part.table(f"select {texts} from {part.source}").columns])
    rows = int(next(answers))
    found = []
    for name, kind in types.items():
        empty = rows - int(next(answers))
        kinds = min(int(next(answers) or 0), rows - empty)  # it is an estimate
        ends = (next(answers), next(answers)) if _has_ends(name, types, public) else (None, None)
        found.append(ColumnProfile(name, kind, empty, kinds, ends[0], ends[1], is_personal=name not in public))
    tops = _tops(part, [each for each in found if not each.is_personal and _says_something(each, rows)])
    return Profile(rows, whole, [replace(each, top=tops.get(each.name, ())) for each in found])


def _says_something(column: ColumnProfile, rows: int) -> bool:
    """Whether it is worth a look which values are most frequent: not where each is there once or twice."""
    return 0 < column.kinds <= min(_KINDS, max((rows - column.empty) // 3, _TOP))


def _kinds(name: str, kind: str) -> str:
    return "null" if _is_nested(kind) else f"approx_count_distinct({DUCKDB.name(name)})"


def _end(function: str, name: str) -> str:
    return f"{function}({DUCKDB.name(name)})"


def _has_ends(name: str, types: dict[str, str], public: Sequence[str]) -> bool:
    return name in public and not _is_nested(types[name])


def _is_nested(kind: str) -> bool:
    return kind.startswith(_NESTED)


def _tops(part: _Part, columns: Sequence[ColumnProfile]) -> dict[str, list[tuple[str, int]]]:
    """The most frequent values of each column, as texts, with their rows."""
    each = [
        f"(select {DUCKDB.text(column.name)} as name, left({DUCKDB.name(column.name)}::varchar, {_LETTERS}) as value, "
        f"count(*) as n from {part.source} where {DUCKDB.name(column.name)} is not null "
        f"group by value order by n desc, value limit {_TOP})"
        for column in columns
    ]
    found: dict[str, list[tuple[str, int]]] = {}
    for name, value, n in zip(*map(values, part.table(" union all ".join(each)).columns), strict=True) if each else ():
        found.setdefault(name, []).append((value, n))
    return found
