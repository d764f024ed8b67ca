"""Lines of a file that belong together -> SQL that fills down, numbers, takes first and last values of each group.

A group is of one delivery, so what is asked of it depends on no other file, whatever came first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketpulse.names import ERROR, INGEST_ID, INGESTED_AT, ITEM, SOURCE_FILE, SOURCE_ROW

#: The place of a line in its group, from 1.
GROUP_ROW = "_group_row"
#: What tells which file a record stands in, and where; and whether it could be read.
PLACED = {
    INGEST_ID: "string",
    SOURCE_FILE: "string",
    INGESTED_AT: "timestamp",
    SOURCE_ROW: "long",
    ITEM: "long",
    ERROR: "string",
}
_ABOVE = "_above"
_BROKEN = "_broken"
_DELIVERY = (SOURCE_FILE, INGESTED_AT)
_ORDER = f"order by {SOURCE_ROW}, coalesce({ITEM}, 0), {INGEST_ID}"
_SO_FAR = "rows between unbounded preceding and current row"
_ALL = "rows between unbounded preceding and unbounded following"


@dataclass(frozen=True)
class Groups:
    """Lines of one file that agree in the columns `by`, or all of them.

    A blank of `fill_down` is what stands above it in its group; of one that is in `by` too, what stands above it in the
    file. `first` and `last` are columns of which the mapping may read the first and last value of the group.
    """

    by: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def read(self) -> tuple[str, ...]:
        """Columns that are looked at."""
        return tuple(dict.fromkeys([*self.by, *self.fill_down, *self.first, *self.last]))

    @property
    def origins(self) -> dict[str, str]:
        """Columns of values that stand elsewhere in the group, with the columns they are of.

        >>> Groups(first=("paid_at",), last=("paid_at",)).origins
        {'_first_paid_at': 'paid_at', '_last_paid_at': 'paid_at'}
        """
        firsts = {f"_first_{name}": name for name in self.first}
        return firsts | {f"_last_{name}": name for name in self.last}

    @property
    def made(self) -> dict[str, str]:
        """Columns that no file has, with their types."""
        return {GROUP_ROW: "long", **dict.fromkeys(self.origins, "string")}


def as_grouped(table: str, groups: Groups) -> str:
    """Query (authored SQL) over `table`, whole deliveries, for the id of each record and what its group says of it.

    It gives the columns that are filled down and those that are `made`. Records that could not be read take part, and
    so does a gap in the numbers, where one was erased, or a blank line stood: who knows what was there, so no value
    comes down past it unless the line says itself which group it is of.
    """
    names = [_name(column) for column in groups.read]
    blanks = ", ".join(f"case when trim({name}) <> '' then {name} end as {name}" for name in names)
    placed = ", ".join(PLACED)
    above = f"lag({SOURCE_ROW}) over ({_window(_DELIVERY)}) as {_ABOVE}"
    query = f"select {', '.join([placed, *filter(None, [blanks]), above])} from {table}"
    is_whole = f"{ERROR} is null and {SOURCE_ROW} - coalesce({_ABOVE}, {SOURCE_ROW}) <= 1"
    broken = f"sum(case when {is_whole} then 0 else 1 end) over ({_window(_DELIVERY)} {_SO_FAR})"
    texts = ", ".join([*PLACED, *names])
    query = f"select {texts}, {broken} as {_BROKEN} from ({query}) as texts"
    for place, column in enumerate(groups.by):
        if column in groups.fill_down:
            query = _filled_key(query, groups, place)
    return _said(query, groups)


def computed(groups: Groups) -> dict[str, str]:
    """Columns of `as_grouped` beside the id, with their types."""
    return {**dict.fromkeys(groups.fill_down, "string"), **groups.made}


def _filled_key(query: str, groups: Groups, place: int) -> str:
    """A column that says the group, filled down: within those before it, and past no record that could not be read."""
    column = groups.by[place]
    others = [_name(name) for name in groups.read if name != column]
    window = _window([*_DELIVERY, _BROKEN, *map(_name, groups.by[:place])])
    filled = f"last_value({_name(column)}) ignore nulls over ({window} {_SO_FAR}) as {_name(column)}"
    return f"select {', '.join([*PLACED, _BROKEN, *others, filled])} from ({query}) as keyed_{place}"


def _said(query: str, groups: Groups) -> str:
    keys = [_name(name) for name in groups.by]
    in_group = " and ".join(f"{key} is not null" for key in keys) or "true"
    so_far = f"({_window([*_DELIVERY, *keys])} {_SO_FAR})"
    above = so_far if keys else f"({_window([*_DELIVERY, _BROKEN])} {_SO_FAR})"
    whole = f"({_window([*_DELIVERY, *keys])} {_ALL})"
    found = {c: f"last_value({_name(c)}) ignore nulls over {above}" for c in groups.fill_down if c not in groups.by}
    found[GROUP_ROW] = f"cast(sum(case when {ERROR} is null then 1 else 0 end) over {so_far} as bigint)"
    found |= {f"_first_{column}": f"first_value({_name(column)}) ignore nulls over {whole}" for column in groups.first}
    found |= {f"_last_{column}": f"last_value({_name(column)}) ignore nulls over {whole}" for column in groups.last}
    filled = [_name(column) for column in groups.fill_down if column in groups.by]
    values = [f"case when {in_group} then {value} end as {_name(name)}" for name, value in found.items()]
    return f"select {', '.join([INGEST_ID, *filled, *values])} from ({query}) as groups"


def _window(parts: Sequence[str]) -> str:
    return f"partition by {', '.join(parts)} {_ORDER}"


def _name(identifier: str) -> str:
    return "`" + re.sub("`", "``", identifier) + "`"
