"""Tables as whoever connects may see them: columns with their types, what is promised of them, their descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from marketpulse.lake.evolving import arrow_schema
from marketpulse.lake.table import LakeTable
from marketpulse.metrics.metric import Measured
from marketpulse.names import LINEAGE
from marketpulse.project.contract import Contract
from marketpulse.serving.asviews import SCHEMA, View
from marketpulse.serving.desk import Look
from marketpulse.serving.masking import masks
from marketpulse.serving.query import metric_schemas, readable

_PSEUDONYM = "A pseudonym."


@dataclass(frozen=True)
class Shown:
    """A table: its columns as an answer has them, those never null, what is said of them, the columns of its key."""

    schema: str
    name: str
    columns: pa.Schema
    required: frozenset[str]
    said: dict[str, str]
    comment: str
    key: tuple[str, ...] = ()
    is_view: bool = False


class MetricColumns:
    """Columns of metrics, found out anew when a table comes or its types change, and not for every state."""

    def __init__(self) -> None:
        self._found: tuple[tuple[Any, ...], list[tuple[View, pa.Schema]]] = ((), [])

    def of(self, look: Look, tables: Sequence[LakeTable]) -> list[tuple[View, pa.Schema]]:
        """Every metric that can be read as a table, and its columns."""
        key = tuple((table.name, *table.types.items()) for table in tables)
        if self._found[0] != key:
            self._found = key, metric_schemas(look.context, look.moment)
        return self._found[1]


def shown(look: Look, kept: MetricColumns) -> list[Shown]:
    """Tables that can be read; of an analyst's those that have something to be read besides where rows came from."""
    tables = readable(look.context, look.moment)
    found = (_shown(look, table) for table in tables)
    metrics = (_metric(view, columns) for view, columns in kept.of(look, tables))
    return [*(each for each in found if each is not None), *metrics]


def _metric(view: View, columns: pa.Schema) -> Shown:
    """A metric: what it means and how it adds up is said of its view and of its column."""
    metric = view.metric
    adds = "does not add up over rows: ask for it by day"
    if isinstance(metric, Measured) and metric.additive:
        adds = "adds up" + (f", not over {', '.join(metric.not_over)}" if metric.not_over else "")
    said = f"{metric.description} Unit: {metric.unit}; it {adds}."
    return Shown(SCHEMA, metric.name, columns, frozenset(), {metric.name: said}, said, is_view=True)


def _shown(look: Look, table: LakeTable) -> Shown | None:
    contract = look.context.contract(table.name)
    seen = masks(contract) if look.moment.masked else None
    snapshot = look.moment.snapshot(table) if table.snapshot_id else None
    types = table.types_at(snapshot)
    names = [name for name in types if seen is None or name in seen]
    if not set(names) - set(LINEAGE):
        return None
    hashed = {name for name in names if seen and seen[name]}
    fields = arrow_schema({name: "string" if name in hashed else types[name] for name in names})
    schema, _, short = table.name.partition(".")
    if contract is None:
        return Shown(schema, short, fields, frozenset(), {}, "")
    required = frozenset(column.name for column in contract.columns if column.required and column.name in names)
    key = contract.key if set(contract.key) <= set(names) else ()
    return Shown(schema, short, fields, required | {*key}, dict(_said(contract, hashed)), _comment(contract), key)


def _said(contract: Contract, hashed: set[str]) -> Iterator[tuple[str, str]]:
    for column in contract.columns:
        parts = (column.description, _PSEUDONYM if column.name in hashed else "")
        if text := " ".join(filter(None, parts)):
            yield column.name, text


def _comment(contract: Contract) -> str:
    return " ".join(filter(None, (contract.grain, contract.purpose)))
