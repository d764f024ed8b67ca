"""The metrics of a project as an Open Semantic Interchange model (Apache Ossie, core specification 0.2.0.dev0).

That form has no word for how a number adds up, its unit or its currency yet: they are in an extension of ours.
Source: github.com/apache/ossie, core-spec/spec.md, Apache License 2.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from sqlglot import exp

from marketpulse.metrics.joins import rows_of
from marketpulse.metrics.metric import Dimension, Entity, Measured, Metric, Ratio, parts
from marketpulse.project.contract import Contract
from marketpulse.project.project import Project
from marketpulse.sql.aggregating import row_columns
from marketpulse.sql.authored import name_of
from marketpulse.sql.functions import FUNCTIONS

VERSION = "0.2.0.dev0"
_SPARK, _ANSI = "DATABRICKS", "ANSI_SQL"
#: Functions that are written alike in standard SQL.
_STANDARD = {"sum", "count", "avg", "min", "max", "coalesce", "nullif"}


def exchanged(project: Project) -> str:
    """The model as YAML."""
    metrics = list(project.metrics[0].metrics.values())
    made = list({part.name: part for metric in metrics for part in parts(metric)}.values())
    times = {(part.source, part.time) for part in made}
    sources = [project.tables[name].contract for name in dict.fromkeys(part.source for part in made)]
    model = {
        "name": project.name,
        "datasets": [*(_dataset(each, times) for each in sources), *_things(made)],
        "relationships": list(_relationships(made)),
        "metrics": [_metric(metric) for metric in metrics],
    }
    whole = {"version": VERSION, "semantic_model": [model]}
    return str(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=120))


def _dataset(contract: Contract, times: set[tuple[str, str | None]]) -> dict[str, Any]:
    """A source with the columns that everybody may see."""
    fields = []
    for column in contract.columns:
        if column.classification == "public":
            time = {"dimension": {"is_time": True}} if (contract.name, column.name) in times else {}
            fields.append({**_field(column.name), **time, "description": column.description})
    found = {"name": _short(contract.name), "source": contract.name, "primary_key": list(contract.key)}
    return {**found, "description": contract.grain, "fields": fields}


def _joined(made: Sequence[Measured]) -> Iterator[tuple[Measured, Dimension, Entity]]:
    for part in made:
        for each in part.dimensions.values():
            if each.entity:
                yield part, each, each.entity


def _things(made: Sequence[Measured]) -> Iterator[dict[str, Any]]:
    """Entities: a table, or the newest version of each of its rows."""
    columns: dict[str, tuple[Entity, dict[str, None]]] = {}
    for _, each, entity in _joined(made):
        columns.setdefault(entity.name, (entity, {}))[1][each.column] = None
    for entity, names in columns.values():
        rows = rows_of(entity, names)
        source = rows.this.sql("spark") if isinstance(rows, exp.Subquery) else entity.table
        fields = [_field(name) for name in dict.fromkeys((entity.key, *names))]
        yield {"name": entity.name, "source": source, "primary_key": [entity.key], "fields": fields}


def _relationships(made: Sequence[Measured]) -> Iterator[dict[str, Any]]:
    found = {(_short(part.source), entity.name, each.on): entity for part, each, entity in _joined(made)}
    for (source, name, on), entity in found.items():
        ends = {"from": source, "to": name, "from_columns": [on], "to_columns": [entity.key]}
        yield {"name": f"{source}_{on}_to_{name}", **ends}


def _metric(metric: Metric) -> dict[str, Any]:
    spark = _expression(metric)
    dialects = [{"dialect": _SPARK, "expression": spark.sql("spark")}]
    if all(name_of(call) in _STANDARD for call in spark.find_all(exp.Anonymous)):
        dialects.insert(0, {"dialect": _ANSI, "expression": spark.sql()})
    words = {"ai_context": {"synonyms": list(metric.synonyms)}} if metric.synonyms else {}
    ours = {"vendor_name": "MARKETPULSE", "data": json.dumps(_ours(metric), sort_keys=True)}
    found = {"name": metric.name, "expression": {"dialects": dialects}, "description": metric.description}
    return {**found, **words, "custom_extensions": [ours]}


def _expression(metric: Metric) -> exp.Expr:
    """The aggregate over columns by their dataset; conditions stand in its calls."""
    if isinstance(metric, Ratio):
        above, below = (_expression(side) for side in parts(metric))
        divisor = exp.Anonymous(this="nullif", expressions=[below, exp.Literal.number(0)])
        return exp.Div(this=exp.cast(exp.paren(above), "double"), expression=divisor)
    if not isinstance(metric, Measured):
        return exp.Null()
    whole = exp.Paren(this=metric.expression.copy())
    for call in list(whole.find_all(exp.Anonymous)) if metric.where is not None else ():
        if FUNCTIONS[name_of(call)].kind == "aggregate":
            call.replace(exp.Filter(this=call.copy(), expression=exp.Where(this=metric.where.copy())))  # type: ignore[union-attr]
    for column in row_columns(whole):
        column.set("table", exp.to_identifier(_short(metric.source)))
    found: exp.Expr = whole.this
    return found


def _ours(metric: Metric) -> dict[str, Any]:
    names = ("unit", "until", "days", "currency", "additive", "not_over", "better", "format")
    found = {name: value for name in names if (value := getattr(metric, name, None)) not in (None, "", ())}
    return {**found, "dimensions": list(metric.dimensions)}


def _field(name: str) -> dict[str, Any]:
    return {"name": name, "expression": {"dialects": [{"dialect": _ANSI, "expression": name}]}}


def _short(table: str) -> str:
    return table.split(".")[1]
