"""A mapping that makes several rows of one record: `explode(…)` of an array, where it reads its feed.

Taken apart it is two queries: one gives the elements, a row each, of which the other is a row-wise mapping like any.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlglot import exp

from marketpulse.names import ERROR, INGEST_ID, ITEM, LANDED, LINEAGE, MALFORMED
from marketpulse.sql.arrays import no_array, texts_of
from marketpulse.sql.authored import TRIED, VALID_JSON
from marketpulse.sql.carrying import exploding, steps_of
from marketpulse.sql.parsing import parse_query
from marketpulse.sql.same import MOST, Same

#: The element that a row is made of; its place is `_item`.
ELEMENT = "_element"
#: What parts the id of a record from the place of an element.
_MARK = "#"


def array_of(query: exp.Query, table: str) -> exp.Expr | None:
    """The array that a mapping of `table` explodes, None for one that does not.

    >>> from marketpulse.sql import parse
    >>> array_of(parse("select explode(split(tags, ';')) as tag from bronze.web"), "bronze.web").sql("spark")
    "SPLIT(tags, ';')"
    """
    found = exploding(steps_of(query, table)[0][-1:])
    array: exp.Expr | None = found.this.expressions[0] if found else None
    return array


def row_wise(query: exp.Query, table: str) -> exp.Query:
    """Copy of a mapping that reads the elements instead of exploding an array.

    >>> from marketpulse.sql import parse
    >>> query = parse("select explode(split(tags, ';')) as tag from bronze.web")
    >>> row_wise(query, "bronze.web").sql("spark")
    'SELECT _element AS tag FROM bronze.web'
    """
    copy = query.copy()
    found = exploding(steps_of(copy, table)[0][-1:])
    if found:
        found.set("this", exp.column(ELEMENT))
    return copy


def unfolded(array: exp.Expr, table: str, columns: Sequence[str], json: Sequence[str] = ()) -> exp.Query:
    """Query (authored) that gives the elements of an array, a row each: `columns`, `_item` from 1 and `_element`.

    A record without elements is one row with neither, and without what landed; one of which the array cannot be
    computed has an element that is null, and one that has no array in its place an `_error`, so that nothing is lost.
    Ids are told apart by the place.
    `json` names columns that are null or valid JSON. It is shared between callers who ask the same of one array.
    """
    return _unfolded(Same(array), table, tuple(columns), tuple(json))


@lru_cache(MOST)
def _unfolded(array: Same[exp.Expr], table: str, columns: Sequence[str], json: Sequence[str]) -> exp.Query:
    own = _own(array.query, json)
    reason = no_array(own) if ERROR in columns else None
    others = [f"`{name}`" for name in columns if name not in (ITEM, INGEST_ID)]
    listed = ", ".join(others)
    given = [_given(name, reason is not None) for name in columns if name not in (ITEM, INGEST_ID)]
    wrong = ", case when size(_array) = 0 then _the_reason end as _wrong" if reason is not None else ""
    query = parse_query(
        f"""select {", ".join(given)}, {ITEM}, element_at(_array, {ITEM}) as {ELEMENT},
            case when {ITEM} is null then {INGEST_ID}
                else concat({INGEST_ID}, '{_MARK}', cast({ITEM} as string)) end as {INGEST_ID}
        from (select {listed}, {INGEST_ID}, _array, explode(
                case when _array is null then array(cast(1 as int))
                    when size(_array) = 0 then array(cast(null as int))
                    else sequence(1, size(_array)) end) as {ITEM}{wrong}
            from (select {listed}, {INGEST_ID}, {TRIED}(coalesce(_the_array, array())) as _array
                from {table}) as arrays) as places"""
    ).copy()
    text = exp.Anonymous(this="coalesce", expressions=[exp.null(), *texts_of(own)])
    holes = {"_the_array": own, "_the_reason": reason, "_the_text": text}
    for hole in [column for column in query.find_all(exp.Column) if column.name in holes]:
        hole.replace(holes[hole.name])
    return query


def _own(array: exp.Expr, json: Sequence[str]) -> exp.Expr:
    own = array.copy()
    for column in own.find_all(exp.Column):
        column.meta[VALID_JSON] = column.name in json
        for part in ("db", "table"):
            column.set(part, None)
    return own


def _given(column: str, has_reason: bool) -> str:
    """A column of the record; where it is wrong, why, and what was read."""
    if has_reason and column == ERROR:
        return f"coalesce({ERROR}, _wrong) as {ERROR}"
    if has_reason and column == MALFORMED:
        return f"case when _wrong is null then {MALFORMED} else _the_text end as {MALFORMED}"
    if column not in (*LINEAGE, *LANDED):
        is_wrong = " or _wrong is not null" if has_reason else ""
        return f"case when {ITEM} is not null{is_wrong} then `{column}` end as `{column}`"
    return f"`{column}`"


def record_id(column: str) -> str:
    """SQL of the id of the record that a row was made of, on every engine."""
    return f"regexp_extract({column}, '^[^{_MARK}]*', 0)"


def record_of(number: str) -> str:
    """The id of the record that a row with this id was made of."""
    return number.partition(_MARK)[0]


def item_of(number: str) -> str | None:
    """The place of the element that a row with this id was made of, from 1; None of a whole record.

    >>> item_of("a:1#3"), item_of("a:1")
    ('3', None)
    """
    return number.partition(_MARK)[2] or None


def is_part(number: str) -> bool:
    """Whether an id is that of an element, and not of a whole record."""
    return _MARK in number
