"""Entities and the calendar of `metrics/*.yaml`: what sources are joined with, each way written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from marketpulse.errors import DefinitionError, Problems
from marketpulse.metrics.metric import GRAINS, Calendar, Dimension, Entity
from marketpulse.metrics.rows import RELATIONS
from marketpulse.project.contract import Column, Contract
from marketpulse.project.metricfile import CalendarModel, EntityModel, MetricsFile
from marketpulse.project.table import Table
from marketpulse.project.yamlfile import Location, YamlFile

_CALENDAR = "calendar"


@dataclass(frozen=True)
class Things:
    """Entities by name with what a metric may be asked by; `days` are columns of the calendar."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    columns: Mapping[str, Sequence[Dimension]] = field(default_factory=dict)
    calendar: Calendar | None = None
    days: Sequence[Dimension] = ()


def read_things(files: Sequence[tuple[YamlFile, MetricsFile]], tables: Mapping[str, Table]) -> Things:
    """All entities and the calendar. Raise DefinitionError for all that is wrong with them."""
    problems = Problems()
    entities: dict[str, Entity] = {}
    columns: dict[str, Sequence[Dimension]] = {}
    found = Things()
    for file, models in files:
        for name, model in models.entities.items():
            with problems.told():
                at: Location = ("entities", name)
                if name in RELATIONS:
                    raise file.error(
                        f"an entity cannot be called {name}", at, "queries have a table of this name already"
                    )
                if name in entities:
                    raise file.error(f"there are two entities {name}", at, "give one of them another name")
                entities[name], columns[name] = _entity(file, at, name, model, tables)
        if models.calendar:
            with problems.told():
                if found.calendar:
                    raise file.error("there are two calendars", (_CALENDAR,), "keep one of them")
                found = _calendar(file, models.calendar, tables)
    problems.stop()
    return replace(found, entities=entities, columns=columns)


def _entity(
    file: YamlFile, at: Location, name: str, model: EntityModel, tables: Mapping[str, Table]
) -> tuple[Entity, list[Dimension]]:
    contract = table_of(file, (*at, "table"), model.table, tables)
    given = [("key", model.key), *(("columns", each) for each in model.columns)]
    given += [("latest", model.latest)] if model.latest else []
    problems = Problems(_wrong_columns(file, at, given, contract))
    if model.latest is None and not problems.errors and not _is_unique(model.key, contract):
        what = f"{model.table} may have several rows of one {model.key}: each would count again"
        problems.add([file.error(what, (*at, "key"), "say latest: <the column by which the newest is known>")])
    problems.stop()
    entity = Entity(name, model.table, model.key, model.latest)
    types = contract.types
    made = [Dimension(f"{name}_{each}", each, types[each], entity, model.key) for each in model.columns]
    return entity, made


def _calendar(file: YamlFile, model: CalendarModel, tables: Mapping[str, Table]) -> Things:
    at: Location = (_CALENDAR,)
    contract = table_of(file, (*at, "table"), model.table, tables)
    given = [("key", model.key), *(("columns", each) for each in model.columns)]
    problems = Problems(
        _wrong_columns(file, at, [*given, *(("grains", each) for each in model.grains.values())], contract)
    )
    if not problems.errors and not _is_unique(model.key, contract):
        problems.add([file.error(f"{model.key} is not the key of {model.table}", (*at, "key"))])
    for name in model.grains:
        if name in GRAINS:
            problems.add([file.error(f"a {name} is known already", (*at, "grains", name), "give it another name")])
    for name in (model.key, *model.grains.values()):
        if contract.types.get(name, "date") != "date":
            problems.add([file.error(f"{name} is a {contract.types[name]}, not a date", at)])
    problems.stop()
    entity = Entity(_CALENDAR, model.table, model.key)
    days = [Dimension(each, each, contract.types[each], entity) for each in model.columns]
    return Things(calendar=Calendar(entity, model.grains), days=days)


def table_of(file: YamlFile, at: Location, name: str, tables: Mapping[str, Table]) -> Contract:
    """The contract of a gold table. Raise DefinitionError for any other name."""
    if name in tables and name.startswith("gold."):
        return tables[name].contract
    close = get_close_matches(name, [each for each in tables if each.startswith("gold.")], n=1)
    hint = f"did you mean {close[0]}?" if close else "metrics are made of gold tables"
    raise file.error(f"there is no gold table {name} that can be used", at, hint)


def column_of(file: YamlFile, at: Location, name: str, contract: Contract) -> Column:
    """A column by its name. Raise DefinitionError where there is none."""
    found = next((column for column in contract.columns if column.name == name), None)
    if found is None:
        close = get_close_matches(name, contract.types, n=1)
        hint = f"did you mean {close[0]}?" if close else "it has " + ", ".join(contract.types)
        raise file.error(f"{contract.name} has no column {name}", at, hint)
    return found


def _wrong_columns(
    file: YamlFile, at: Location, given: Sequence[tuple[str, str]], contract: Contract
) -> Iterator[DefinitionError]:
    for field_name, name in given:
        problems = Problems()
        with problems.told():
            found = column_of(file, (*at, field_name), name, contract)
            if field_name == "columns" and found.classification != "public":
                hint = "what a person can be known by is no dimension"
                raise file.error(f"{name} is classified {found.classification}", (*at, field_name), hint)
        yield from problems.errors


def _is_unique(name: str, contract: Contract) -> bool:
    return contract.key == (name,) or any(column.name == name and column.unique for column in contract.columns)
