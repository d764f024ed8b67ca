"""Read the metrics of a project: `metrics/*.yaml`, beside the gold tables that they are made of.

    files -> entities, calendar -> metrics of rows -> ratios of these -> `Definitions`

What is wrong with a metric keeps that one from being used, and is told with everything else that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from marketpulse.errors import DefinitionError, Problems
from marketpulse.metrics.metric import Definitions, Dimension, Measured, Metric, Ratio, parts
from marketpulse.project.alike import alike
from marketpulse.project.folders import overlay
from marketpulse.project.measured import Around, measured
from marketpulse.project.metricfile import MetricModel, MetricsFile
from marketpulse.project.metricwords import shared_names, taken_names, words, wrong_goals
from marketpulse.project.table import Table
from marketpulse.project.things import Things, read_things
from marketpulse.project.yamlfile import Location, YamlFile, read_yaml
from marketpulse.sql.sums import Promise

FOLDER = "metrics"
#: What stands for a word that a metric may not be without, so that the rest is looked at.
_STAND_INS = {"description": "?", "unit": "number"}
Entry = tuple[YamlFile, Location, MetricModel]


def read_metrics(
    folders: Sequence[Path], tables: Mapping[str, Table], promises: Mapping[str, Promise]
) -> tuple[Definitions, tuple[DefinitionError, ...]]:
    """All metrics with which nothing is wrong, and all that is wrong. `tables` are the sound ones."""
    problems = Problems()
    files: list[tuple[YamlFile, MetricsFile]] = []
    misread: set[tuple[Path, object]] = set()
    for path in overlay(folders, f"{FOLDER}/*.yaml").values():
        with problems.told():
            file = read_yaml(path)
            model, wrong = file.read(MetricsFile, stand_ins=_STAND_INS)
            problems.add(_of_metric(model, place, error) for place, error in wrong)
            misread |= {(path, place[1]) for place, _ in wrong if place[0:1] == ("metrics",) and len(place) > 1}
            files += [(file, model)] if model else []
    things = Things()
    with problems.told():
        things = read_things(files, tables)
    entries: list[Entry] = [
        (file, ("metrics", index), model) for file, models in files for index, model in enumerate(models.metrics)
    ]
    problems.add(shared_names(entries))
    sound = [entry for entry in entries if (entry[0].path, entry[1][1]) not in misread]
    found = _made(sound, [model.name for _, _, model in entries], Around(tables, promises, things), problems)
    problems.add(alike(sound, found))
    taken = taken_names(sound, found)
    problems.add(taken.values())
    found = {name: each for name, each in found.items() if not {name, *(p.name for p in parts(each))} & {*taken}}
    names = dict.fromkeys(model.name for _, _, model in entries)
    return Definitions({name: found[name] for name in names if name in found}), tuple(problems.errors)


def _of_metric(model: MetricsFile | None, place: Location, error: DefinitionError) -> DefinitionError:
    """The error as one of the metric that it is in."""
    index = place[1] if model and len(place) > 1 and place[0] == "metrics" else None
    known = isinstance(index, int) and model is not None and index < len(model.metrics)
    return error.of(f"metric {model.metrics[index].name}") if known else error  # type: ignore[union-attr, index]


def _made(entries: Sequence[Entry], names: Sequence[str], around: Around, problems: Problems) -> dict[str, Metric]:
    """Each metric by its name: those of rows first, since ratios are made of them."""
    found: dict[str, Metric] = {}
    for file, at, model in sorted(entries, key=lambda entry: entry[2].ratio is not None):
        if model.name in found:
            continue
        told = Problems()
        with told.told():
            made = _ratio(file, at, model, found, names) if model.ratio else measured(file, at, model, around)
            told.add(wrong_goals(file, at, model, made))
            told.stop()
            found[model.name] = made
        problems.add(error.of(f"metric {model.name}") for error in dict.fromkeys(told.errors))
    return found


def _ratio(
    file: YamlFile, at: Location, model: MetricModel, known: Mapping[str, Metric], names: Sequence[str]
) -> Ratio:
    """One metric divided by another. Raise DefinitionError for all that is wrong with it."""
    problems = Problems(_out_of_place(file, at, model))
    sides: list[Measured] = []
    for place, name in (
        (("numerator", model.ratio.numerator), ("denominator", model.ratio.denominator)) if model.ratio else ()
    ):
        with problems.told():
            sides.append(_side(file, (*at, "ratio", place), name, known, names))
    problems.stop()
    above, below = sides
    if above.unit == "money" and below.unit != "money" and model.unit != "money":
        raise file.error(f"an amount for each {below.name} is money", (*at, "unit"), "unit: money")
    if model.unit == "money" and (above.unit != "money" or below.unit == "money"):
        raise file.error(f"{above.name} / {below.name} is no amount", (*at, "unit"), "unit: share, or number")
    if above.unit == below.unit == "money" and above.source == below.source and above.currency != below.currency:
        what = f"{above.name} is in {above.currency}, {below.name} in {below.currency}"
        raise file.error(what, (*at, "ratio"), "an amount is divided by one in the same currency")
    dimensions = _shared(file, at, model, above, below)
    words_of = words(model, file.text_at((*at, "ratio")))
    return Ratio(**words_of, dimensions=dimensions, numerator=above, denominator=below)


def _out_of_place(file: YamlFile, at: Location, model: MetricModel) -> Iterator[DefinitionError]:
    for name in ("source", "time", "until", "days", "expression", "where", "currency", "additive"):
        if getattr(model, name) is not None:
            hint = "a ratio has it from its two metrics"
            yield file.error(f"a ratio has no {name}", (*at, name), hint)


def _side(file: YamlFile, at: Location, name: str, known: Mapping[str, Metric], names: Sequence[str]) -> Measured:
    found = known.get(name)
    if isinstance(found, Measured):
        return found
    if name in names:
        raise file.error(f"{name} is a ratio itself, or wrong", at, "a ratio is made of two metrics of rows")
    close = get_close_matches(name, names, n=1)
    raise file.error(f"there is no metric {name}", at, f"did you mean {close[0]}?" if close else None)


def _shared(file: YamlFile, at: Location, model: MetricModel, above: Measured, below: Measured) -> dict[str, Dimension]:
    """What both are known by; of two sources the file says which names mean one thing, but for those of days."""
    both = {name: each for name, each in above.dimensions.items() if name in below.dimensions}
    days = {name: each for name, each in both.items() if each.entity and each.on == above.time}
    if model.dimensions is None:
        return both if above.source == below.source else days
    found = dict(days)
    for index, wanted in enumerate(model.dimensions):
        things = [each.entity for each in both.values() if each.entity and each.entity.name == wanted]
        named = [n for n, each in both.items() if n in (wanted, *(e.key for e in things)) or each.entity in things]
        if not named:
            hint = "both are known by " + (", ".join(both) or "nothing")
            raise file.error(f"{wanted} is no dimension of both", (*at, "dimensions", index), hint)
        found |= {name: both[name] for name in named}
    return found
