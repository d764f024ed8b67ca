"""Rows that were asked for, in the form in which they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from marketpulse.errors import MissingEngineError
from marketpulse.python.preview import Preview, as_html, as_text, preview

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl

    from marketpulse.metrics.metric import Metric


@dataclass(frozen=True, repr=False)
class Result:
    """Rows of a table, a query or a metric. Each method asks the warehouse; what it gives is the caller's.

    `title` says what they are, `notes` what must be known beside them, `query` is the SQL behind them. `metrics` are
    those that columns are called after: their unit is shown, and their values are written as they say.
    """

    title: str
    ask: Callable[[], AbstractContextManager[pa.RecordBatchReader]]
    notes: tuple[str, ...] = ()
    query: str = ""
    metrics: Mapping[str, Metric] = field(default_factory=dict)

    @classmethod
    def of(cls, title: str, table: pa.Table, **more: Any) -> Result:
        """Rows that are there already."""

        @contextmanager
        def held() -> Iterator[pa.RecordBatchReader]:
            yield table.to_reader()

        return cls(title, held, **more)

    def batches(self) -> AbstractContextManager[pa.RecordBatchReader]:
        """Rows a few thousand at a time, for results larger than memory: `with result.batches() as batches: …`.

        Raise what `arrow` raises, also while they are read.
        """
        return self.ask()

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table: decimals, dates and times (UTC, microseconds) as they are stored.

        Raise UsageError for SQL that is wrong or not read-only, LimitError for a query that takes more time, memory,
        disk or rows than the settings `query_…` allow.
        """
        with self.ask() as batches:
            return batches.read_all()

    def pandas(self) -> pd.DataFrame:
        """All rows as a pandas frame with Arrow's types: no decimal becomes a float, no whole number with nulls either.

        Raise MissingEngineError where pandas is not installed, else what `arrow` raises.
        """
        pandas = _library("pandas")
        frame: pd.DataFrame = self.arrow().to_pandas(types_mapper=pandas.ArrowDtype)
        return frame

    def polars(self) -> pl.DataFrame:
        """All rows as a Polars frame. Raise MissingEngineError where Polars is not installed, else as `arrow`."""
        polars = _library("polars")
        frame: pl.DataFrame = polars.from_arrow(self.arrow())
        return frame

    def duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """All rows as a relation of a DuckDB connection (default: its own default one), to go on in SQL.

        They are in memory and stay as they are: nothing that is done to them reaches the warehouse. Raise as `arrow`.
        """
        duck: Any = connection if connection is not None else _library("duckdb")
        relation: duckdb.DuckDBPyRelation = duck.from_arrow(self.arrow())
        return relation

    def rows(self) -> list[dict[str, Any]]:
        """All rows as dictionaries of Python's own values. Raise as `arrow`, and UsageError for two names alike."""
        from marketpulse.serving.values import named

        return named(self.arrow())

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """All rows for whatever reads Arrow: `pl.DataFrame(result)`, `pa.table(result)`."""
        return self.arrow().__arrow_c_stream__(requested_schema)

    def __repr__(self) -> str:
        """What it is, and its first rows: they are asked for."""
        return as_text(self._preview())

    def _repr_html_(self) -> str:
        """The same for a notebook."""
        return as_html(self._preview())

    def _preview(self) -> Preview:
        return preview(self.title, self.ask, self.notes, self.metrics)


def _library(name: str) -> Any:
    """A library that is imported when it is asked for. Raise MissingEngineError when it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingEngineError(f"{name} is not installed", hint=f"pip install {name}") from None
