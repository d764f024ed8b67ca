"""Two metrics that say one thing under two names: people would ask which of them is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.metrics.metric import Measured, Metric, Ratio
from marketpulse.project.metricfile import MetricModel
from marketpulse.project.yamlfile import Location, YamlFile


def alike(
    entries: Sequence[tuple[YamlFile, Location, MetricModel]], found: Mapping[str, Metric]
) -> Iterator[DefinitionError]:
    """Metrics that another one says already, however it is written."""
    seen: dict[object, str] = {}
    for file, at, model in entries:
        metric = found.get(model.name)
        meaning = _meaning(metric) if metric else None
        if meaning is None:
            continue
        if seen.setdefault(meaning, model.name) != model.name:
            hint = "keep one, and give it the other's name as a synonym"
            yield file.error(f"says what {seen[meaning]} says", at, hint).of(f"metric {model.name}")


def _meaning(metric: Metric) -> object:
    if isinstance(metric, Ratio):
        return ("ratio", _meaning(metric.numerator), _meaning(metric.denominator))
    if not isinstance(metric, Measured):
        return None
    time = metric.time
    return metric.source, time, _text(metric.expression), _text(metric.where), metric.currency


def _text(tree: exp.Expr | None) -> str:
    """An expression without what does not matter: letters of names, order of conditions and of what is added."""
    if tree is None:
        return ""
    if isinstance(tree, exp.Paren):
        return _text(tree.this)
    if isinstance(tree, exp.And | exp.Add | exp.Or):
        return f"{tree.key}({', '.join(sorted(_parts(tree, type(tree))))})"
    if isinstance(tree, exp.Identifier):
        return tree.name.lower()
    if isinstance(tree, exp.Anonymous):
        return f"{tree.name.lower()}({', '.join(map(_text, tree.expressions))})"
    inner = [_text(each) for each in tree.iter_expressions()]
    return f"{tree.key}({', '.join(inner)})" if inner else tree.sql("spark", comments=False)


def _parts(tree: exp.Expr, kind: type[exp.Expr]) -> Iterator[str]:
    for side in tree.iter_expressions():
        bare: exp.Expr = side.unnest() if isinstance(side, exp.Paren) else side
        if isinstance(bare, kind):
            yield from _parts(bare, kind)
        else:
            yield _text(bare)
