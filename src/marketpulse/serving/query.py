"""SQL from people: read-only, over complete tables, now or as they were."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from marketpulse.engines.duckdb_reader import ReadOnlyDuck, explains
from marketpulse.engines.limits import Given, Limits
from marketpulse.errors import UsageError
from marketpulse.lake.table import LakeTable
from marketpulse.names import LAYERS
from marketpulse.run.context import Context
from marketpulse.run.finished import State, is_seen, pinned, snapshot
from marketpulse.run.pseudonyms import Pseudonyms
from marketpulse.serving.asviews import SCHEMA, WHOLE, View, as_view, may_name, named, ready
from marketpulse.serving.idle import Idle
from marketpulse.serving.masking import masks, seen_as
from marketpulse.serving.noted import hidden_columns, judged, with_note
from marketpulse.serving.refused import NO_TABLE, not_over, refusal
from marketpulse.storage.places import replacing
from marketpulse.storage.remembered import Remembered

#: As the engine says it, and as `engines.syntax` does of a masked query.
_MISSING = re.compile(
    r'(?:Catalog Error: Table with name "?|there is no table )(?P<name>[\w.]+?)(?:"? does not exist| in this warehouse)'
)
_WORD = re.compile(r"\w+")
#: Characters of a query that is remembered.
_NOTED = 10_000
_VIEW = "a metric as a view"
_LISTING = re.compile(r"show\s+(?:all\s+)?tables(?:\s+from\s+(\w+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Moment:
    """When tables are looked at: all of them in one finished state, or as a person says.

    `as_of` is a UTC time (ISO 8601) or a snapshot id of the one table that is read. Where it is `masked`, personal
    columns are as analysts see them (`masking`): unless the setting `role` says that a steward looks. `found`
    remembers what has been found out about it, `notes` what was said of queries, `idle` are the engines of those that
    are over.
    """

    state: State | None
    as_of: str | None = None
    masked: bool = True
    found: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    idle: Idle = field(default_factory=Idle, compare=False, repr=False)
    notes: Remembered[tuple[str | None]] = field(default_factory=lambda: Remembered(1_000), compare=False, repr=False)

    @classmethod
    def now(cls, context: Context, as_of: str | None = None) -> Moment:
        """The last finished state there is, for the eyes of `role`. Raise UsageError for what is no time."""
        if as_of is not None and _snapshot_id(as_of) is None:
            _time(as_of)  # whether or not a table is read
        return cls(pinned(context.lake, context.settings.scratch), as_of, context.settings.is_masked)

    def noted(self, query: tuple[Hashable, str], judge: Callable[[], str | None]) -> str | None:
        """What `judge` says of a query, its engine's key and its text: asked once of a text that was let through."""
        if not self.masked or len(query[1]) > _NOTED:
            return judge() if self.masked else None
        return self.notes.get(repr(query), lambda: (judge(),))[0]

    @property
    def whole(self) -> Moment:
        """The same with personal columns: for the platform's own counting, of which no value is shown."""
        return replace(self, masked=False)

    def snapshot(self, table: LakeTable) -> int | None:
        """Which snapshot of a table is read. Raise UsageError when there was none."""
        return snapshot(table, self.state) if self.as_of is None else _snapshot(table, self.as_of)

    def shows(self, table: LakeTable) -> bool:
        """Whether the table is there at all: not while the first run that builds it is at work."""
        return self.as_of is not None or is_seen(table, self.state)


def stream(
    context: Context,
    text: str,
    as_of: str | None = None,
    moment: Moment | None = None,
    given: Given | None = None,
) -> pa.RecordBatchReader:
    """Result of one `select` over the warehouse's tables (`gold.daily`), as Arrow batches.

    Queries that are to see one state share a `moment`. Raise UsageError for anything that is no select.
    """
    moment = moment or Moment.now(context, as_of)
    if asked := _listed(text):
        return _listing(context, moment, asked[1] and asked[1].lower())
    with _engine(context, text, moment) as (key, reader, note):
        return with_note(moment.idle.after(reader.stream(text, given), key, reader), note)


def schema(context: Context, text: str, moment: Moment, given: Given | None = None) -> pa.Schema:
    """Columns of what `stream` would give, which is not computed. Raise UsageError as it does."""
    if asked := _listed(text):
        return _listing(context, moment, asked[1] and asked[1].lower()).schema
    with _engine(context, text, moment) as (key, reader, _):
        found = reader.schema(text, given)
        moment.idle.put(key, reader)
        return found


def metric_schemas(context: Context, moment: Moment) -> list[tuple[View, pa.Schema]]:
    """Every metric that can be read as a table, and its columns."""
    there = {table.name: table for table in readable(context, moment)}
    found = ready(_views(context, moment), there)
    reader = _reader(context, [], moment, _Metrics(found, [there[name] for view in found for name in view.reads]))
    return [(view, reader.schema(f"select * from {view.name}")) for view in found]


@contextmanager
def _engine(context: Context, text: str, moment: Moment) -> Iterator[tuple[Hashable, ReadOnlyDuck, str | None]]:
    """An engine that reads what a query may, by what it is kept, and what an analyst must know of the answer."""
    known = context.lake.names()
    words = {*_WORD.findall(text.lower())}
    tables = _asked(context, [name for name in known if _short(name) in words], moment.as_of)
    building = {table.name for table in tables if not moment.shows(table)}
    seen = [table for table in tables if table.name not in building]
    metrics = _metrics(context, text, moment)
    asked = (tables, metrics.names)
    # Whoever is shown a plan is shown what stands in it.
    pseudonyms = Pseudonyms.made_up() if explains(text) else context.pseudonyms
    key = (tuple(table.name for table in seen), metrics.names, moment.masked, moment.as_of, explains(text))
    try:
        reader = moment.idle.take(key) or _reader(context, seen, moment, metrics, pseudonyms)
        yield key, reader, moment.noted((key, text), lambda: judged(context, reader, text, asked, building))
    except UsageError as error:
        read = [table for table in tables if table.name in text.lower()] or tables  # a namesake has other columns
        away = hidden_columns(context, read) if moment.masked else {}
        columns = [column for table in read for column in table.types if column.lower() not in away]
        known = [*known, *metrics.names]
        raise refusal(error.message, columns, away) or _explained(error, known, building) from None


@dataclass(frozen=True)
class _Metrics:
    """Metrics that a query may read, and the tables that they are made of."""

    views: Sequence[View] = ()
    tables: Sequence[LakeTable] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(view.name for view in self.views)


def _metrics(context: Context, text: str, moment: Moment) -> _Metrics:
    if not may_name(text):
        return _Metrics()
    found = _views(context, moment, text)
    tables = {name: table for view in found for name in view.reads if (table := context.lake.find(name))}
    tables = {name: table for name, table in tables.items() if moment.shows(table)}
    there = ready(found, tables)
    return _Metrics(there, [tables[name] for name in sorted({name for view in there for name in view.reads})])


def _views(context: Context, moment: Moment, text: str | None = None) -> list[View]:
    """Metrics that are views, those that a query may name or all; each is compiled once a moment."""
    metrics = context.project.metrics[0].metrics.values()
    wanted = metrics if text is None else named(metrics, text)
    for metric in wanted:
        if (_VIEW, metric.name) not in moment.found:
            moment.found[_VIEW, metric.name] = as_view(metric)
    return [view for metric in wanted if (view := cast("View | None", moment.found[_VIEW, metric.name]))]


def readable(context: Context, moment: Moment) -> list[LakeTable]:
    """Tables that are there at a moment: none that the first run which builds it still makes."""
    found = context.lake.everything()
    return [table for table in found if moment.shows(table)]


def _listed(text: str) -> re.Match[str] | None:
    """Whether a text asks which tables there are, and of which layer."""
    return _LISTING.fullmatch(text.strip().removesuffix(";").rstrip())


def _listing(context: Context, moment: Moment, layer: str | None) -> pa.RecordBatchReader:
    """The answer to `show tables`: those of the warehouse, or of one layer, and their rows."""
    found: dict[str, int] = {}
    for table in readable(context, moment):
        if layer in (None, table.name.split(".")[0]):
            seen = moment.snapshot(table) if table.snapshot_id else None
            found[table.name] = sum(file.rows for file in table.files(seen)) if seen else 0
    return pa.table({"table": [*found], "rows": pa.array([*found.values()], pa.int64())}).to_reader()


def engine(context: Context, rows: int) -> ReadOnlyDuck:
    """An engine with the limits of people's queries, with nothing bound yet; at most `rows` of a result, 0: all."""
    settings = context.settings
    memory_mb = settings.query_memory_mb or settings.memory_mb
    limits = Limits(settings.query_seconds, memory_mb, settings.query_spill_mb, rows)
    return ReadOnlyDuck(limits, settings.threads, context.scratch, settings.remote)


def _reader(
    context: Context,
    tables: list[LakeTable],
    moment: Moment,
    metrics: _Metrics | None = None,
    pseudonyms: Pseudonyms | None = None,
) -> ReadOnlyDuck:
    """An engine that reads the files of some tables, and metrics, and no others."""
    pseudonyms = pseudonyms or context.pseudonyms
    reader = engine(context, context.settings.query_rows)
    allowed: list[str] = []
    for table in tables:
        shown = seen_as(masks(context.contract(table.name)), pseudonyms) if moment.masked else None
        allowed += _bound(reader, table, moment, "", shown)
    for table in metrics.tables if metrics else ():
        allowed += _bound(reader, table, moment, WHOLE, None)
    for view in metrics.views if metrics else ():
        reader.view(SCHEMA, view.metric.name, view.query)
    reader.lock(allowed, context.scratch)
    return reader


def _bound(
    reader: ReadOnlyDuck, table: LakeTable, moment: Moment, before: str, shown: Mapping[str, str] | None
) -> list[str]:
    """Bind a table, in a schema called as its layer with something before it; its files."""
    seen = moment.snapshot(table) if table.snapshot_id else None
    files = [file.path for file in table.files(seen)] if seen else []
    layer, short = table.name.split(".")
    reader.bind(f"{before}{layer}", short, table.types_at(seen), files, shown)
    return files


def _asked(context: Context, names: list[str], as_of: str | None) -> list[LakeTable]:
    """Tables that a query reads; with a snapshot id the one that has it, not its namesakes in other layers."""
    found = [table for name in names if (table := context.lake.find(name))]
    wanted = _snapshot_id(as_of)
    having = [table for table in found if wanted is not None and table.has_snapshot(wanted)]
    return having or found


def _explained(error: UsageError, known: list[str], hidden: Collection[str]) -> UsageError:
    """The error, or, for a table that is not there, the one that was perhaps meant."""
    missing = _MISSING.match(error.message)
    if missing is None:
        return error
    name = missing["name"].lower()
    if name in hidden:
        return not_over(name)
    return no_table(missing["name"], known)


def no_table(name: str, known: Sequence[str]) -> UsageError:
    """The error for a table that is not there, with the one that was perhaps meant."""
    low = name.lower()
    close = get_close_matches(low, known, n=1) or [full for full in known if full.split(".")[1] == low][-1:]
    hint = f"did you mean {close[0]}?" if close else "marketpulse status lists the tables"
    return UsageError(f"there is no table {name[:80]} in this warehouse", hint=hint, sqlstate=NO_TABLE)


def _short(name: str) -> str:
    """A table is bound when its short name occurs in the query; a name in a comment costs nothing but time."""
    return name.partition(".")[2].lower()


def _snapshot_id(as_of: str | None) -> int | None:
    """The id that a text may be: a number of 64 bits."""
    return int(as_of) if as_of is not None and re.fullmatch(r"[0-9]{1,19}", as_of) else None


def _time(as_of: str) -> datetime:
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise UsageError(
            f"as of {as_of[:40]!r} is no time", hint="for example 2026-03-08T12:00 or a snapshot id"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _snapshot(table: LakeTable, as_of: str) -> int | None:
    wanted = _snapshot_id(as_of)
    if wanted is not None:
        if not table.has_snapshot(wanted):
            raise UsageError(f"{table.name} has no snapshot {as_of}", hint="marketpulse status lists them")
        return wanted
    found = table.snapshot_at(_time(as_of))
    if found is None:
        raise UsageError(f"{table.name} did not exist at {as_of[:40]}", hint="marketpulse status shows its snapshots")
    return found


def write_parquet(batches: pa.RecordBatchReader, path: Path) -> int:
    """Write the result as one Parquet file; rows written."""
    import pyarrow.parquet as pq

    rows = 0
    with replacing(path) as part, pq.ParquetWriter(part, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def save_views(context: Context, path: Path) -> list[str]:
    """Write a DuckDB file with a view for each table of gold, of the last finished state; the names of the tables.

    Views name data files: once a later state is finished they are old, and once `maintain` removes old files they fail.
    """
    if path.name.lower().split(".")[0] in LAYERS:
        told = f"in a DuckDB file called {path.name} nobody could tell the layer from the file"
        raise UsageError(told, hint="call it otherwise, as lake.duckdb")
    moment = Moment.now(context)
    tables = [found for found in context.lake.everything() if found.name.startswith("gold.")]
    tables = [table for table in tables if moment.shows(table)]
    if not tables:
        raise UsageError("there is no table of gold yet", hint="marketpulse run makes them")
    with replacing(path) as part:
        _reader(context, tables, moment).save(part, {table.name: moment.snapshot(table) for table in tables})
    return [table.name for table in tables]
