"""Fields of JSON records as columns, also those inside of others; and what of the records is in no column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marketpulse.authoring.column import Column, Names
from marketpulse.landing.headers import snake_case
from marketpulse.names import ITEM, JSON_COLUMNS
from marketpulse.sql import SPARK

#: Fields inside of fields that are columns: `a.b.c`.
_DEEP = 3


class _Literal(str):
    """A number as JSON writes it: it has one meaning."""

    __slots__ = ()


class _Whole(str):
    """An object or a list, as the text that SQL gets of it."""

    __slots__ = ()


def fields(records: Sequence[Mapping[str, Any]], is_element: bool) -> Iterator[Column]:
    """Fields of JSON records that hold one value in some record, also inside of others.

    Of records that are elements of lists also their place, and what stands around them.
    """
    names = Names()
    record, around = JSON_COLUMNS
    yield from fields_of([row[record] for row in records], record, names)
    if is_element:
        yield place_of(records, names)
        for column in fields_of([row[around] for row in records], around, names):
            yield replace(column, header=f"{column.header} (around it)", is_around=True)


def place_of(records: Sequence[Mapping[str, Any]], names: Names) -> Column:
    """The place of each element in its list."""
    column = names.column("(place in its list)", "line_number", ITEM, [str(row[ITEM]) for row in records])
    return replace(column, type="int", why="counted from 1 in each list")


def fields_of(texts: Sequence[str | None], source: str, names: Names) -> Iterator[Column]:
    """Fields of the JSON in a column that SQL calls `source`; of two of one name the second is named by the column."""
    found: dict[tuple[str, ...], list[str | None]] = {}
    for place, text in enumerate(texts):
        for path, value in _leaves(json.loads(text or "null", parse_float=_Literal, parse_int=_Literal), ()):
            values = found.setdefault(path, [])
            values += [None] * (place - len(values)) + [value]
    for path, values in found.items():
        if _is_whole(values) or not all(step.isprintable() and not set(step) & set("'\"\\") for step in path):
            continue
        rest: list[str | None] = [None] * (len(texts) - len(values))
        yield _field(path, [*values, *rest], source, names)


def _is_whole(values: Sequence[str | None]) -> bool:
    """Whether nothing but objects and lists is there."""
    return any(isinstance(value, _Whole) for value in values) and all(
        value is None or isinstance(value, _Whole) for value in values
    )


def _field(path: tuple[str, ...], values: Sequence[str | None], source: str, names: Names) -> Column:
    steps = "".join(f".{step}" if step.isidentifier() and step.isascii() else f"['{step}']" for step in path)
    name = snake_case("_".join(path))
    name = f"{source.strip('`')}_{name}" if name in names else name
    column = names.column(".".join(path), name, f"get_json_object({source}, {SPARK.text('$' + steps)})", values)
    column.is_literal = all(isinstance(value, _Literal) for value in column.sure)
    if wholes := sum(isinstance(value, _Whole) for value in values):
        told = f"is one value in some records, and an object or a list in {wholes:,} others"
        column.doubts.append(f"{told}: say in the SQL what it is then")
    return column


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    if path and isinstance(value, dict | list):
        yield path, _Whole(json.dumps(value, ensure_ascii=False))
    if isinstance(value, dict) and len(path) < _DEEP:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, bool):
        yield path, str(value).lower()
    elif path and (value is None or isinstance(value, str)):
        yield path, value


def only_array(records: list[dict[str, Any]]) -> str | None:
    """Name of the field that holds all records, of a file that is one document around them."""
    if len(records) != 1:
        return None
    document = json.loads(records[0][JSON_COLUMNS[0]])
    found = [name for name, value in document.items() if _is_list(value)]
    return found[0] if len(found) == 1 and found[0].isidentifier() else None


def left_out(records: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> Iterator[tuple[str, bool]]:
    """Paths of what of JSON records is in no column, and whether it is a list of objects."""
    taken = {column.header for column in columns}
    found: dict[str, bool] = {}
    for row in records:
        for name, value in json.loads(row[JSON_COLUMNS[0]]).items():
            for path, is_list in _others(value, name, 1):
                found[path] = found.get(path, False) or is_list
    yield from ((path, is_list) for path, is_list in sorted(found.items()) if is_list or path not in taken)


def lists_in(columns: Sequence[Column]) -> list[str]:
    """What the columns are called, of a format that has lists, that hold lists of objects as JSON."""
    return [column.header for column in columns if column.said and all(map(_holds_objects, column.said))]


def _holds_objects(text: str) -> bool:
    if not text.startswith("["):
        return False
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return found == [] or _is_list(found)


def _others(value: Any, path: str, depth: int) -> Iterator[tuple[str, bool]]:
    """Paths of values that are not single ones within reach; whether they are lists of objects."""
    if isinstance(value, dict) and depth < _DEEP:
        for name, inner in value.items():
            yield from _others(inner, f"{path}.{name}", depth + 1)
    elif isinstance(value, list | dict):
        yield path, _is_list(value)
    elif value is not None:
        yield path, False


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
