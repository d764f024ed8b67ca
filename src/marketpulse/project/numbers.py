"""customProperties of a column: in which currency its amount is, or in which unit its quantity, and how it adds up."""

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
from marketpulse.project.odcs import NotOverModel, NumberValues, PropertyModel, TableModel
from marketpulse.project.yamlfile import YamlFile
from marketpulse.sql.sums import Measure

_NUMBERS = ("int", "long", "double", "decimal")
_CODE = re.compile(r"[A-Z]{3}")
_CURRENCY = "the name of a column of this table that holds it, or a code of ISO 4217 such as USD"
_UNIT = "the name of a column of this table that says what is counted"
_ADDITIVE = "additive is true, false or {notOver: [columns of the key]}"
Location = tuple[str | int, ...]


def read_numbers(source: YamlFile, table: TableModel, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns with what the file says of their numbers. Raise DefinitionError for all that is wrong with it."""
    found: list[DefinitionError] = []
    read: list[Column] = []
    for index, (item, column) in enumerate(zip(table.properties, columns, strict=True)):
        values, places, wrong = _values(source, index, item)
        wrong = wrong or list(_wrong(source, table, item, values, places))
        found += [error.of(f"column {item.name}") for error in wrong]
        read.append(replace(column, measure=_measure(values)))
    if found:
        raise DefinitionError.together(found)
    return tuple(read)


def _measure(values: NumberValues) -> Measure:
    said = values.additive
    if isinstance(said, NotOverModel):
        return Measure(values.currency, False, tuple(said.notOver), values.unit)
    return Measure(values.currency, said, unit=values.unit)


def _values(
    source: YamlFile, index: int, item: PropertyModel
) -> tuple[NumberValues, Mapping[str, Location], list[DefinitionError]]:
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
        return NumberValues.model_validate(given), places, wrong
    except ValidationError as error:
        told = {str(each["loc"][0]): each for each in error.errors(include_url=False)}
        return NumberValues(), places, wrong + [_told(source, each, places[name]) for name, each in told.items()]


def _told(source: YamlFile, error: Any, place: Location) -> DefinitionError:
    name = str(error["loc"][0])
    if name == "currency":
        return source.error(f"customProperty currency: {error['msg']}", place, _CURRENCY)
    if name == "unit":
        return source.error(f"customProperty unit: {error['msg']}", place, _UNIT)
    if name == "additive":
        return source.error("customProperty additive cannot be read", place, _ADDITIVE)
    known = "known here: " + ", ".join(NumberValues.model_fields)
    return source.error(f"customProperty {name} of a column: {error['msg']}", place, known)


def _wrong(
    source: YamlFile, table: TableModel, item: PropertyModel, values: NumberValues, places: Mapping[str, Location]
) -> Iterator[DefinitionError]:
    kind = kind_of(item)
    if kind.split("(")[0] not in _NUMBERS:
        for name, place in places.items():
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
