"""customProperties of a column: its currency or its unit, how it adds up, whom it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from marketpulse.errors import DefinitionError
from marketpulse.project.columns import PROPERTIES, key_of, kind_of
from marketpulse.project.contract import Column
from marketpulse.project.odcs import ColumnValues, NotOverModel, PropertyModel, TableModel
from marketpulse.project.yamlfile import YamlFile
from marketpulse.sql.sums import Measure

_NUMBERS = ("int", "long", "double", "decimal")
_NAMES = ("string", "int", "long")
_CODE = re.compile(r"[A-Z]{3}")
_CURRENCY = "the name of a column of this table that holds it, or a code of ISO 4217 such as USD"
_UNIT = "the name of a column of this table that says what is counted"
_IDENTIFIES = "a word for what kind of name of a person it is, such as customer, visitor or email, or a list of them"
_ADDITIVE = "additive is true, false or {notOver: [columns of the key]}"
Location = tuple[str | int, ...]


def read_values(source: YamlFile, table: TableModel, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns with what the file says of their values. Raise DefinitionError for all that is wrong with it."""
    found: list[DefinitionError] = []
    read: list[Column] = []
    for index, (item, column) in enumerate(zip(table.properties, columns, strict=True)):
        values, places, wrong = _values(source, index, item)
        wrong = wrong or list(_wrong(source, table, item, values, places))
        found += [error.of(f"column {item.name}") for error in wrong]
        read.append(replace(column, measure=_measure(values), identifies=tuple(values.identifies)))
    if found:
        raise DefinitionError.together(found)
    return tuple(read)


def _measure(values: ColumnValues) -> Measure:
    said = values.additive
    if isinstance(said, NotOverModel):
        return Measure(values.currency, False, tuple(said.notOver), values.unit)
    return Measure(values.currency, said, unit=values.unit)


def _values(
    source: YamlFile, index: int, item: PropertyModel
) -> tuple[ColumnValues, Mapping[str, Location], list[DefinitionError]]:
    """What the properties of one column say, where each of their values stands, and what is no property."""
    places: dict[str, Location] = {}
    wrong: list[DefinitionError] = []
    for number, each in enumerate(item.customProperties):
        here: Location = (*PROPERTIES, index, "customProperties", number)
        if each.property in places:
            wrong.append(source.error(f"customProperty {each.property} is given twice", here, "keep one of them"))
        places.setdefault(each.property, (*here, "value"))
    try:
        given = {each.property: each.value for each in item.customProperties}
        return ColumnValues.model_validate(given), places, wrong
    except ValidationError as error:
        told = {str(each["loc"][0]): each for each in error.errors(include_url=False)}
        return ColumnValues(), places, wrong + [_told(source, each, places[name]) for name, each in told.items()]


def _told(source: YamlFile, error: Any, place: Location) -> DefinitionError:
    name = str(error["loc"][0])
    if name == "currency":
        return source.error(f"customProperty currency: {error['msg']}", place, _CURRENCY)
    if name == "unit":
        return source.error(f"customProperty unit: {error['msg']}", place, _UNIT)
    if name == "additive":
        return source.error("customProperty additive cannot be read", place, _ADDITIVE)
    if name == "identifies":
        return source.error("customProperty identifies cannot be read", place, _IDENTIFIES)
    known = "known here: " + ", ".join(ColumnValues.model_fields)
    return source.error(f"customProperty {name} of a column: {error['msg']}", place, known)


def _wrong(
    source: YamlFile, table: TableModel, item: PropertyModel, values: ColumnValues, places: Mapping[str, Location]
) -> Iterator[DefinitionError]:
    kind = kind_of(item)
    if "identifies" in places:
        yield from _wrong_identity(source, item, places["identifies"])
    if kind.split("(")[0] not in _NUMBERS:
        for name, place in ((name, place) for name, place in places.items() if name != "identifies"):
            what = f"column {item.name!r} is a {kind}, {name} is said of numbers"
            yield source.error(what, place, "take it out, or say it of the amount")
        return
    kinds = {each.name: kind_of(each) for each in table.properties}
    if values.currency is not None and not _CODE.fullmatch(values.currency):
        yield from _wrong_holder(source, "currency", values.currency, kinds, places["currency"])
    if values.unit is not None:
        yield from _wrong_holder(source, "unit", values.unit, kinds, places["unit"])
    if values.unit is not None and values.currency is not None:
        what = "an amount has a currency, a quantity a unit: it says both"
        yield source.error(what, places["unit"], "a price of one kg is an amount: keep the currency")
    if isinstance(values.additive, NotOverModel):
        place = (*places["additive"], "notOver")
        for number, name in enumerate(values.additive.notOver):
            if name not in key_of(table):
                what = f"notOver names {name!r}, which is no column of the key"
                yield source.error(what, (*place, number), f"the key is {', '.join(key_of(table))}")


def _wrong_identity(source: YamlFile, item: PropertyModel, place: Location) -> Iterator[DefinitionError]:
    """Erasing and masking go together: what names a person is a person's data."""
    if kind_of(item) not in _NAMES:
        what = f"column {item.name!r} is a {kind_of(item)}, which names nobody"
        yield source.error(what, place, "a name of a person is a string, an int or a long")
    if item.classification != "pii":
        what = f"column {item.name!r} identifies a person and is classified {item.classification}"
        yield source.error(what, place, "say classification: pii")


def _wrong_holder(
    source: YamlFile, what: str, name: str, kinds: Mapping[str, str], place: Location
) -> Iterator[DefinitionError]:
    """A column that should say the currency or the unit, and cannot."""
    if name not in kinds:
        close = get_close_matches(name, kinds, n=1)
        hint = f"did you mean {close[0]}?" if close else _CURRENCY if what == "currency" else _UNIT
        yield source.error(f"{what} names {name!r}, which is no column of this table", place, hint)
    elif kinds[name] != "string":
        yield source.error(f"{what} names {name!r}, which is a {kinds[name]}", place, f"a {what} is a string")
