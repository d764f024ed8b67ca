"""What becomes of one file: it is landed and run for real, in a folder of its own that goes again.

    file -> a landing zone of this one file -> flow.run, to silver -> what is in bronze, silver and quarantine

No line of it reads, maps or checks by itself: what it shows is what a run does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from marketpulse import flow, sql
from marketpulse.authoring.alone import alone, source_called
from marketpulse.authoring.apart import apart, columns_of, need_file, rows_of
from marketpulse.authoring.eyes import Eyes
from marketpulse.errors import GateError
from marketpulse.names import INGEST_ID, LANDED, LINEAGE, QUARANTINE
from marketpulse.project.contract import Contract
from marketpulse.project.project import Project
from marketpulse.project.source import Source
from marketpulse.project.spelled import reading
from marketpulse.run.context import Context
from marketpulse.run.report import FeedReport, TableReport
from marketpulse.settings import Settings
from marketpulse.silver.checks import share_gate

#: Rows that are shown one by one: the first, and as many of those that are rejected behind them.
SHOWN = 10


@dataclass(frozen=True)
class Row:
    """What becomes of one record: accepted, deduplicated, quarantined or filtered, why, and what it holds.

    `values` are those of the table where it was accepted, else those of the file, as far as somebody may see them.
    """

    file: str
    row: int
    item: int | None
    became: str
    reasons: tuple[str, ...]
    values: dict[str, Any]


@dataclass
class TableTrial:
    """What becomes of the file in one silver table; `read` is the sum of the four numbers behind it.

    `key` are the columns of its key. `message` says what would stop the table; of a share of rejected rows that is too
    large, `stopped` says so and the numbers are there all the same. `warnings` count rows that break a rule which
    warns, `waiting` those of the rejected that look up rows of other tables, of which none is here.
    """

    table: str
    key: tuple[str, ...] = ()
    read: int = 0
    accepted: int = 0
    deduplicated: int = 0
    quarantined: int = 0
    filtered: int = 0
    waiting: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    message: str | None = None
    hint: str | None = None
    stopped: str | None = None
    rows: list[Row] = field(default_factory=list)


@dataclass
class Trial:
    """What becomes of one file. `columns` are pairs of a header of the file and what the column is called.

    `blocked` says why the file, or one in it, would not be read at all; `reading` how values are written;
    `warnings` say what a run would warn of. Where it is `masked` values of rows are not shown, as they are,
    or may be, personal. `lands` is where such a file has to lie for a run to read it.
    """

    feed: str
    file: str
    format: str
    columns: list[tuple[str, str]] = field(default_factory=list)
    reading: list[str] = field(default_factory=list)
    read: int = 0
    malformed: int = 0
    blocked: list[dict[str, str | None]] = field(default_factory=list)
    tables: list[TableTrial] = field(default_factory=list)
    warnings: list[dict[str, str | None]] = field(default_factory=list)
    masked: bool = False
    lands: str = ""

    @property
    def ok(self) -> bool:
        """Whether the file is read, and no row of it rejected for what it says itself."""
        stopped = any(table.message or table.quarantined > table.waiting for table in self.tables)
        return not (self.blocked or self.malformed or stopped)


def attempt(settings: Settings, project: Project, feed: str, file: Path) -> Trial:
    """Read one file as `feed` reads its files, and say what becomes of it. Nothing is changed anywhere.

    Raise UsageError for what is no file or no feed, DefinitionError for definitions that are wrong.
    """
    source = source_called(project, feed)
    need_file(file)
    # Other files may have the columns of its groups that this one lacks.
    optional = tuple(dict.fromkeys([*source.optional, *(source.groups.read if source.groups else ())]))
    small = alone(project, replace(source, optional=optional))
    found = Trial(feed, file.name, source.format, reading=list(reading(small.sources, small.tables)))
    name = _name(settings, source, file)
    found.lands = f"{settings.landing_place}/{name}"
    with apart(settings, small, name, file) as context:
        _tell(context, project, found, file.name)
    return found


def _name(settings: Settings, source: Source, file: Path) -> str:
    """The name of the file in a landing zone: its own where it lies in one, else as if it landed today."""
    zone = Path(settings.landing_place)
    inside = file.resolve().relative_to(zone).as_posix() if file.resolve().is_relative_to(zone) else ""
    if inside.startswith(f"{source.folder}/"):
        return inside
    day = f"ingest_date={datetime.now(UTC):%Y-%m-%d}/" * (source.terms.date is None)
    return f"{source.folder}/{day}{file.name}"


def _tell(context: Context, project: Project, found: Trial, name: str) -> None:
    source = project.sources[found.feed]
    report = flow.run(context, flow.Options(stages=frozenset({"ingest", "silver"})))
    feed = report.feeds[0]
    found.read, found.malformed = feed.records, feed.malformed
    found.blocked = [*feed.blocked, *_refused(source, feed, name)]
    found.warnings = [
        *feed.doubts,
        *({"file": each, "message": "holds no record", "hint": None} for each in feed.empty),
    ]
    found.columns = list(columns_of(context, source))
    found.reading += _lacking(source, {name for _, name in found.columns})
    for table in report.tables:
        tried = _table(table, project.tables[table.name].contract)
        tried.rows = [*_seen(context, project, found, tried)]
        found.tables.append(tried)
        if tried.waiting:
            others = ", ".join(project.tables[table.name].looked)
            told = f"{tried.waiting:,} of its rows look up {others}, which is not tried with it"
            found.warnings.append({"file": name, "message": told, "hint": None})


def _seen(context: Context, project: Project, found: Trial, table: TableTrial) -> Iterator[Row]:
    """The first records of the file, what became of each, and of their values those that somebody may see."""
    source = project.sources[found.feed]
    eyes = Eyes.of(project, table.table, source.table, context.pseudonyms) if context.settings.is_masked else None
    for row in () if table.message else _rows(context, source, table):
        values = row.values if eyes is None else eyes.see(row.values, kept=row.became == "accepted")
        found.masked = found.masked or values != row.values
        yield replace(row, values=values)


def _lacking(source: Source, names: Collection[str]) -> Iterator[str]:
    """Columns of groups that the file has not: read as blank, and a run refuses them where no file has them."""
    for name in source.groups.read if source.groups and names else ():
        if name not in names and name not in source.optional:
            yield f"{source.name}: groups names {name}, which this file has not: correct it if no file has it"


def _refused(source: Source, feed: FeedReport, name: str) -> Iterator[dict[str, str | None]]:
    """Why a file is not even looked at, by its name alone."""
    for each in feed.refused:
        yield {"file": each["file"], "message": each["message"], "hint": "rename it"}
    if not fnmatch(name, source.pattern):
        what = f"its name is none of this feed: sources/{source.name}.yaml reads {source.pattern}"
        yield {"file": name, "message": what, "hint": "rename it, or change pattern"}


def _table(report: TableReport, contract: Contract) -> TableTrial:
    counts = report.feeds[0] if report.feeds else None
    found = TableTrial(report.name, tuple(contract.key), message=report.message, hint=report.hint)
    if counts:
        numbers = ("read", "accepted", "deduplicated", "quarantined", "filtered", "waiting", "reasons")
        found = replace(found, **{name: getattr(counts, name) for name in numbers})
        found.warnings = {**report.warnings, **counts.warnings}
        try:
            share_gate(contract, counts.source, *counts.judged, counts.reasons)
        except GateError as error:
            found.stopped, found.hint = error.message, error.hint
    return found


def _rows(context: Context, source: Source, table: TableTrial) -> Iterator[Row]:
    """The first records of the file and the first that are rejected, and what became of each."""
    text, ordered = context.engine.dialect.text, f"order by _source_file, _source_row, {INGEST_ID} limit {SHOWN}"
    landed = rows_of(context, source.table, ordered)
    wrong = rows_of(
        context, QUARANTINE, f"where table_name = {text(table.table)} order by source_row limit {2 * SHOWN}"
    )
    more = {sql.record_of(each["ingest_id"]) for each in wrong} - {row[INGEST_ID] for row in landed}
    if more:
        landed += rows_of(
            context, source.table, f"where {INGEST_ID} in ({', '.join(map(text, sorted(more)))}) {ordered}"
        )
    ids = ", ".join(text(row[INGEST_ID]) for row in landed) or "''"
    kept = rows_of(context, table.table, f"where {sql.record_id(INGEST_ID)} in ({ids}) order by all")
    mine = f"table_name = {text(table.table)} and {sql.record_id('ingest_id')} in ({ids})"
    rejected = rows_of(context, QUARANTINE, f"where {mine} order by ingest_id")
    for row in landed:
        number = row[INGEST_ID]
        wrong = [each for each in rejected if sql.record_of(each["ingest_id"]) == number]
        yield from _became(row, [each for each in kept if sql.record_of(each[INGEST_ID]) == number], wrong, table)


def _became(
    row: dict[str, Any], kept: Sequence[dict[str, Any]], rejected: Sequence[dict[str, Any]], table: TableTrial
) -> Iterator[Row]:
    """A record's rows in the table; one of which the SQL makes several may have some that are rejected."""
    place = (row["_source_file"], row["_source_row"], row.get("_item"))
    landed = _bare(row) or {"": row.get("_malformed")}
    for each in rejected:
        reasons = tuple(found["message"] for found in json.loads(each["errors"]))
        yield Row(*place, "quarantined", reasons, landed)
    for each in kept:
        yield Row(*place, "accepted", (), _bare(each))
    if not rejected and not kept:
        yield Row(*place, *_left_out(table), landed)


def _left_out(table: TableTrial) -> tuple[str, tuple[str, ...]]:
    """What a record without a row in the table is that is not wrong, as far as the numbers tell."""
    other, out = "another row of its key stays", "the SQL leaves it out"
    if table.filtered and table.deduplicated:
        return "filtered or deduplicated", (f"{out}, or {other}",)
    return ("filtered", (out,)) if table.filtered else ("deduplicated", (other,))


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {*LINEAGE, *LANDED} and value is not None}
