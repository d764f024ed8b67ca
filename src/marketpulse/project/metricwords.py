"""What metrics of all kinds say: names, format, target and alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marketpulse.errors import DefinitionError
from marketpulse.metrics.metric import Goal, Metric
from marketpulse.metrics.rows import TAKEN
from marketpulse.project.metricfile import AlertModel, MetricModel, TargetModel
from marketpulse.project.yamlfile import Location, YamlFile
from marketpulse.sql.places import Where


def words(model: MetricModel, where: Where) -> dict[str, Any]:
    """The fields of a metric that have nothing to do with how it is computed."""
    target, alert = model.target, model.alert
    return {
        "name": model.name,
        "description": " ".join(model.description.split()),
        "unit": model.unit,
        "title": model.title,
        "format": model.format or "",
        "better": model.better,
        "synonyms": tuple(model.synonyms),
        "target": Goal(target.per, target.currency, target=target.value) if target else None,
        "alert": Goal(alert.per, alert.currency, below=alert.below, above=alert.above) if alert else None,
        "origin": where,
    }


def wrong_goals(file: YamlFile, at: Location, model: MetricModel, metric: Metric) -> Iterator[DefinitionError]:
    """A target or an alert that does not say what it is compared with."""
    goals: list[tuple[str, TargetModel | AlertModel | None]] = [("target", model.target), ("alert", model.alert)]
    for name, goal in goals:
        if goal is None:
            continue
        if isinstance(goal, AlertModel) and goal.below is None and goal.above is None:
            yield file.error("alert says neither below nor above", (*at, name), "alert: {below: 100, per: day}")
        if goal.per is None and getattr(metric, "additive", False) and getattr(metric, "time", None):
            yield file.error(f"{name} does not say per what", (*at, name), "it grows with the days: per: day, week, …")
        if (goal.currency is None) == (model.unit == "money"):
            hint = "currency: EUR" if goal.currency is None else "only an amount has a currency"
            yield file.error(f"{name} of a {model.unit} metric", (*at, name), hint)


def taken_names(
    entries: list[tuple[YamlFile, Location, MetricModel]], found: Mapping[str, Metric]
) -> dict[str, DefinitionError]:
    """Metrics called as something else that stands beside values: one of the two would be lost in an answer."""
    columns = {name for metric in found.values() for name in metric.dimensions} | TAKEN
    beside = {f"{name}{end}" for name in found for end in ("_before", "_change", "_share")}
    wrong: dict[str, DefinitionError] = {}
    for file, at, model in entries:
        if model.name in found and model.name in columns | beside:
            what = f"{model.name} is the name of something else in answers"
            hint = "a dimension is called so" if model.name in columns - TAKEN else "give it another name"
            wrong[model.name] = file.error(what, (*at, "name"), hint).of(f"metric {model.name}")
    return wrong


def shared_names(entries: list[tuple[YamlFile, Location, MetricModel]]) -> Iterator[DefinitionError]:
    """Names and synonyms that two metrics have, so that nobody knows which is meant."""
    seen: dict[str, tuple[str, str]] = {}
    for file, at, model in entries:
        for word, place in [(model.name, "name"), *((each, "synonyms") for each in model.synonyms)]:
            key = word.strip().lower()
            if key in seen:
                name, where = seen[key]
                what = f"{word} is a name of {name} already, which {where} has"
                yield file.error(what, (*at, place), "one word, one metric").of(f"metric {model.name}")
            seen.setdefault(key, (model.name, file.where((*at, place))))
