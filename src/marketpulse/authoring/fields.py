"""Fields of JSON records as columns, also those inside of others; and what of the records is in no column."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from marketpulse.authoring.column import Column, Names
from marketpulse.landing.headers import snake_case
from marketpulse.names import JSON_COLUMNS
from marketpulse.sql import SPARK

#: Fields inside of fields that are columns: `a.b.c`.
_DEEP = 3


class _Literal(str):
    """A number as JSON writes it: it has one meaning."""

    __slots__ = ()


class _Whole(str):
    """An object or a list, as the text that SQL gets of it."""

    __slots__ = ()


def fields(records: list[dict[str, Any]]) -> Iterator[Column]:
    """Fields of JSON records that hold one value in some record, also inside of others."""
    found: dict[tuple[str, ...], list[str | None]] = {}
    for place, row in enumerate(records):
        for path, value in _leaves(json.loads(row[JSON_COLUMNS[0]], parse_float=_Literal, parse_int=_Literal), ()):
            values = found.setdefault(path, [])
            values += [None] * (place - len(values)) + [value]
    names = Names()
    for path, values in found.items():
        wholes = [value for value in values if isinstance(value, _Whole)]
        if wholes and all(value is None or isinstance(value, _Whole) for value in values):
            continue
        steps = "".join(f".{step}" if step.isidentifier() and step.isascii() else f"['{step}']" for step in path)
        if all(step.isprintable() and not set(step) & set("'\"\\") for step in path):
            read = f"get_json_object({JSON_COLUMNS[0]}, {SPARK.text('$' + steps)})"
            rest: list[str | None] = [None] * (len(records) - len(values))
            column = names.column(".".join(path), snake_case("_".join(path)), read, values + rest)
            column.is_literal = all(isinstance(value, _Literal) for value in column.sure)
            if wholes:
                told = f"is one value in some records, and an object or a list in {len(wholes):,} others"
                column.doubts.append(f"{told}: say in the SQL what it is then")
            yield column


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


def left_out(records: list[dict[str, Any]], columns: Sequence[Column]) -> Iterator[str]:
    """What of JSON records is in no column."""
    taken = {column.header for column in columns}
    found: dict[str, bool] = {}
    for row in records:
        for name, value in json.loads(row[JSON_COLUMNS[0]]).items():
            for path, is_list in _others(value, name, 1):
                found[path] = found.get(path, False) or is_list
    for path, is_list in sorted(found.items()):
        if is_list:
            yield f"{path} holds objects: a second feed over the same files makes rows of them (docs/sources.md)"
        elif path not in taken:
            yield f"{path} is in no column: a list, or too deep; get_json_object takes it out in the SQL"


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
