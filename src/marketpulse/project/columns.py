"""Columns of a contract: their names, types, examples, and the places they have in the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.contract import SIMPLE_TYPES, Column
from marketpulse.project.odcs import PropertyModel, TableModel
from marketpulse.project.yamlfile import Location, YamlFile

PROPERTIES = ("schema", 0, "properties")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_DECIMAL = re.compile(r"decimal\((\d{1,2}),(\d{1,2})\)")
#: Physical types that a logical type may have. Decimals travel as text, so that no cent is lost.
_LOGICAL = {
    "boolean": ("boolean",),
    "integer": ("int", "long", "decimal"),
    "number": ("int", "long", "double", "decimal"),
    "string": ("string", "decimal"),
    "date": ("date",),
    "timestamp": ("timestamp",),
}
_BITS = {"int": 31, "long": 63}
#: What the standard calls a position that is not there.
_NONE = -1


def read_columns(
    source: YamlFile, table: TableModel, problems: Problems, aside: Sequence[Location] = ()
) -> tuple[Column, ...]:
    """The columns in order, none where their names or types are not known; what is wrong goes to `problems`.

    Fields at the places `aside` are wrong already: nothing more is told of their columns.
    """
    left = {place[3] for place in aside if place[:3] == PROPERTIES and len(place) > 3}
    sound = [(index, item) for index, item in enumerate(table.properties) if index not in left]
    found = [error for index, item in sound for error in _wrong(source, index, item)]
    names = [item.name for item in table.properties]
    found += [
        _error(source, index, f"column {name!r} is named twice", name=name)
        for index, name in enumerate(names)
        if name in names[:index] and index not in left
    ]
    if not left:
        found += [*_positions(source, table, "primaryKey"), *_positions(source, table, "partitioned")]
    problems.add(found)
    known = all(map(kind_of, table.properties)) and len({*names}) == len(names)
    return tuple(_column(item) for item in table.properties) if known else ()


def key_of(table: TableModel) -> tuple[str, ...]:
    """Columns of the primary key, by their positions, else as they stand."""
    keys = [item for item in table.properties if item.primaryKey]
    return tuple(item.name for item in sorted(keys, key=lambda item: item.primaryKeyPosition or 0))


def partition_of(table: TableModel) -> str | None:
    """The column that is the bucket."""
    return next((item.name for item in table.properties if item.partitioned), None)


def _column(item: PropertyModel) -> Column:
    required = item.required or item.primaryKey or item.partitioned
    return Column(item.name, kind_of(item), required, item.description, item.classification, item.unique)


def kind_of(item: PropertyModel) -> str:
    """Contract type of a column, empty for what is none."""
    kind = item.physicalType.replace(" ", "")
    return kind if _is_type(kind) else ""


def _error(
    source: YamlFile, index: int, message: str, field: str = "name", hint: str | None = None, name: str = ""
) -> DefinitionError:
    return source.error(message, (*PROPERTIES, index, field), hint, f"column {name}")


def _wrong(source: YamlFile, index: int, item: PropertyModel) -> Iterator[DefinitionError]:
    """What is wrong with one column."""

    def error(message: str, field: str, hint: str | None = None) -> DefinitionError:
        return _error(source, index, message, field, hint, item.name)

    if not _NAME.fullmatch(item.name):
        yield error(f"no column can be called {item.name!r}", "name", "lower-case letters, digits and _")
    elif item.name.startswith("_"):
        yield error(f"column {item.name}: names that begin with _ are the platform's", "name", "call it something else")
    if not kind_of(item):
        known = "one of " + ", ".join(SIMPLE_TYPES) + ", decimal(p,s) with p up to 38"
        yield error(f"column {item.name!r} has the unknown type {item.physicalType!r}", "physicalType", known)
        return
    if kind_of(item).split("(")[0] not in _LOGICAL[item.logicalType]:
        fitting = ", ".join(word for word, kinds in _LOGICAL.items() if kind_of(item).split("(")[0] in kinds)
        what = f"column {item.name!r} is logically a {item.logicalType} and physically a {kind_of(item)}"
        yield error(what, "logicalType", f"a {kind_of(item)} is {fitting}")
    if item.partitioned and kind_of(item) not in ("date", "string"):
        yield error(f"partition {item.name!r} is neither date nor string", "partitioned")
    if (item.primaryKey or item.partitioned) and "required" in item.model_fields_set and not item.required:
        yield error(f"column {item.name!r} is not required, but every row is found by it", "required", "required: true")
    for place, example in enumerate(item.examples):
        if not fits(example, kind_of(item)):
            what = f"the example {example!s:.60} of column {item.name!r} is no {kind_of(item)}"
            yield source.error(what, (*PROPERTIES, index, "examples", place), None, f"column {item.name}")


def _is_type(kind: str) -> bool:
    decimal = _DECIMAL.fullmatch(kind)
    return kind in SIMPLE_TYPES or (decimal is not None and int(decimal[2]) <= int(decimal[1]) in range(1, 39))


def _positions(source: YamlFile, table: TableModel, flag: str) -> Iterator[DefinitionError]:
    """Positions of the columns with a flag: of all or of none, from 1, each once; the partition is one column."""
    field = "primaryKeyPosition" if flag == "primaryKey" else "partitionKeyPosition"
    given = {i: getattr(item, field) for i, item in enumerate(table.properties) if getattr(item, field) != _NONE}
    given = {index: position for index, position in given.items() if position is not None}
    marked = [index for index, item in enumerate(table.properties) if getattr(item, flag)]
    names = [item.name for item in table.properties]

    def error(index: int, message: str, hint: str) -> DefinitionError:
        return _error(source, index, f"column {names[index]!r} {message}", field, hint, names[index])

    if flag == "partitioned" and len(marked) > 1:
        what = f"{len(marked)} partition columns"
        yield _error(source, marked[1], what, flag, "at most one: the bucket", names[marked[1]])
        return
    for index in given:
        if index not in marked:
            yield error(index, f"has a {field} and is not {flag}", f"{flag}: true, or take it out")
    counted: dict[int, int] = {}
    for index in marked:
        position = given.get(index)
        if position is None and given:
            yield error(index, f"has no {field}, other columns have one", "give it to all of them or to none")
        elif position in counted:
            yield error(
                index, f"has the {field} {position} of column {names[counted[position]]!r}", "each once, from 1"
            )
        elif position is not None and not 1 <= position <= len(marked):
            yield error(index, f"has the {field} {position} of {len(marked)}", "they count from 1 without gaps")
        elif position is not None:
            counted[position] = index


def fits(value: Any, kind: str) -> bool:
    """Whether a value of a YAML file is one of a contract type.

    >>> fits("9.99", "decimal(4,2)"), fits("999.99", "decimal(4,2)"), fits(True, "int")
    (True, False, False)
    """
    return _FITS["decimal" if kind.startswith("decimal") else kind](value, kind)


def _is_whole(value: Any, kind: str) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << _BITS[kind]) <= value < 1 << _BITS[kind]


def _is_number(value: Any, _: str) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_decimal(value: Any, kind: str) -> bool:
    found = _DECIMAL.fullmatch(kind)
    if found is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    precision, scale = int(found[1]), int(found[2])
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= scale and abs(number) < 10 ** (precision - scale)


def _is_moment(kinds: Sequence[type], read: Callable[[str], Any]) -> Callable[[Any, str], bool]:
    def test(value: Any, _: str) -> bool:
        if not isinstance(value, str):
            return type(value) in kinds
        try:
            read(value)
        except ValueError:
            return False
        return True

    return test


_FITS: dict[str, Callable[[Any, str], bool]] = {
    "boolean": lambda value, _: isinstance(value, bool),
    "int": _is_whole,
    "long": _is_whole,
    "double": _is_number,
    "decimal": _is_decimal,
    "string": lambda value, _: isinstance(value, str),
    "date": _is_moment((date,), date.fromisoformat),
    "timestamp": _is_moment((date, datetime), datetime.fromisoformat),
}
