"""By what a metric can be asked: columns of its source, properties of entities, days of the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.errors import Problems
from marketpulse.metrics.metric import CURRENCY, Dimension
from marketpulse.metrics.rows import TAKEN
from marketpulse.project.contract import Contract
from marketpulse.project.metricfile import MetricModel
from marketpulse.project.things import Things, column_of
from marketpulse.project.yamlfile import Location, YamlFile


def dimensions_of(
    file: YamlFile, at: Location, model: MetricModel, contract: Contract, things: Things
) -> dict[str, Dimension]:
    """By what the metric can be asked. Raise DefinitionError for what is no column and no entity, or personal."""
    problems = Problems()
    found: dict[str, Dimension] = {}
    for index, name in enumerate(model.dimensions or []):
        with problems.told():
            for each in _named(file, (*at, "dimensions", index), name, contract, things):
                found[each.name] = each
    if model.time:
        days = {
            each.name: Dimension(each.name, each.column, each.type, each.entity, model.time) for each in things.days
        }
        found = {**days, **found}
    if CURRENCY in found and model.currency not in (None, CURRENCY):
        del found[CURRENCY]  # the metric's own is what people mean
    problems.stop()
    return found


def _named(file: YamlFile, at: Location, name: str, contract: Contract, things: Things) -> Iterator[Dimension]:
    if name in things.entities:
        key = column_of(file, at, things.entities[name].key, contract)
        if key.classification == "public":
            yield Dimension(key.name, key.name, key.type)
        yield from things.columns[name]
        return
    column = column_of(file, at, name, contract)
    if name in TAKEN and name != CURRENCY:
        raise file.error(f"a dimension cannot be called {name}", at, "answers have a column of this name already")
    if column.classification != "public":
        hint = "what a person can be known by is no dimension"
        raise file.error(f"{name} is classified {column.classification}", at, hint)
    yield Dimension(name, name, column.type)
