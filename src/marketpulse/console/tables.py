"""Tables: all of them with what they promise, and a page each: columns, rows, days, lineage, loads, snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.attention import tables
from marketpulse.console.broken import broken
from marketpulse.console.charts.columns import ColumnChart, column_chart
from marketpulse.console.checks import checks
from marketpulse.console.page import page
from marketpulse.console.rows import Rows, rows_of
from marketpulse.console.stopped import stopped
from marketpulse.console.used import loads, uses
from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.names import LAYERS
from marketpulse.project.lineage import column_users
from marketpulse.project.owned import owned
from marketpulse.project.promised import promised_alone
from marketpulse.serving.catalog.facts import Catalog, Entry, gather
from marketpulse.serving.desk import Look
from marketpulse.serving.masking import masks

_SAMPLE, _SNAPSHOTS, _DAYS, _LOADS = 12, 12, 90, 20


@dataclass(frozen=True)
class Sample:
    """Some rows of a table, or why there are none; columns that are hidden, and that are pseudonyms."""

    rows: Rows | None
    hidden: list[str]
    problem: str = ""
    pseudonyms: tuple[str, ...] = ()


def show(request: Request) -> Response:
    """All tables, or those whose names, columns or words have what is looked for."""
    wanted = request.query_params.get("q", "").strip().lower()
    behind = bool(request.query_params.get("behind"))
    with request.app.state.desk.look() as look:
        found = catalog(look)
        entries = sorted((e for e in found.entries if wanted in _words(e)), key=lambda entry: entry.name)
        entries = [each for each in entries if not behind or (each.status and each.status.behind)]
        kept = {layer: [e for e in entries if e.layer == layer] for layer in reversed(LAYERS)}
        given: dict[str, Any] = {"layers": kept, "q": wanted, "all": len(found.entries), "behind": behind}
        return page(request, "tables.html", title="Tables", **given)


def show_one(request: Request) -> Response:
    """One table. Raise UsageError where there is none of that name."""
    name = request.path_params["name"]
    with request.app.state.desk.look() as look:
        entry, why = _entry(look, name), stopped(look, name)
        if entry is None and why is None:
            raise UsageError(f"there is no table {name[:80]}", hint="the page Tables lists them")
        entry = entry or _unknown(look, name)
        given: dict[str, Any] = {
            "entry": entry,
            "stopped": why,
            "problems": look.project.problems.get(name, ()),
            "is_defined": _is_defined(look, name),
            "sample": sample(look, entry),
            "days": days(look, name),
            "status": entry.status,
            "uses": uses(look.project, name, look.once(("users",), lambda: column_users(look.project))),
            "broken": broken(look, entry.contract, entry.status.snapshots if entry.status else ()),
            "checks": checks(look, name, entry.status.snapshots if entry.status else ()),
            "loads": loads(entry.status.snapshots, _LOADS) if entry.status else [],
        }
        snapshots = list(reversed(entry.status.snapshots))[:_SNAPSHOTS] if entry.status else []
        return page(request, "table.html", title=name, snapshots=snapshots, **given)


def catalog(look: Look) -> Catalog:
    """Definitions and what the warehouse has of them, looked at once a state."""

    def gathered() -> Catalog:
        with look.busy:
            found = gather(look.context)
        known = {entry.name for entry in found.entries}
        beside = dict.fromkeys([*(table.name for table in tables(look)), *look.project.broken])
        found.entries.extend(_unknown(look, name) for name in beside if name not in known)
        return found

    return look.once("catalog", gathered)


def _entry(look: Look, name: str) -> Entry | None:
    return next((each for each in catalog(look).entries if each.name == name), None)


def _is_defined(look: Look, name: str) -> bool:
    project = look.project
    known = (project.tables, project.problems, owned(), {source.table for source in project.sources.values()})
    return any(name in each for each in known)


def _unknown(look: Look, name: str) -> Entry:
    """A table of which this project has no definition that is right: what its contract says now, and its status.

    It was defined after the console had read the project, is defined no more, or its definition is wrong.
    """
    contract = promised_alone(look.context.settings.project, name)
    table = next((each for each in tables(look) if each.name == name), None)
    return Entry(name, contract, columns=contract.columns if contract else (), status=table)


def sample(look: Look, entry: Entry) -> Sample:
    """Some rows, as whoever looks may see them."""
    hidden: list[str] = []
    pseudonyms: tuple[str, ...] = ()
    if look.moment.masked:
        contract = look.context.contract(entry.name)
        seen = masks(contract)
        hidden = [column.name for column in entry.columns if column.name not in seen]
        pseudonyms = tuple(name for name, is_hashed in seen.items() if is_hashed)
        if contract is None:
            return Sample(None, hidden, "No contract says what of it is public: its rows are for stewards.")
    if entry.status is None or not entry.status.rows:
        return Sample(None, hidden, "It has no rows yet.")
    try:
        layer, short = entry.name.split(".")
        query = f'select * from {layer}."{short}" limit {_SAMPLE}'
        rows = look.once(("sample", entry.name), lambda: rows_of(look, query, _SAMPLE))
        return Sample(rows, hidden, pseudonyms=pseudonyms)
    except MarketPulseError as error:
        return Sample(None, hidden, error.message)


def days(look: Look, name: str) -> ColumnChart | None:
    """Rows a bucket, where buckets are days: as the table's files say, without reading one."""
    table = look.context.lake.find(name)
    counts: dict[date, int] = {}
    for file in table.files(look.moment.snapshot(table)) if table and table.snapshot_id else []:
        if isinstance(file.bucket, date):
            counts[file.bucket] = counts.get(file.bucket, 0) + file.rows
    newest = sorted(counts)[-_DAYS:]
    return column_chart(newest, [counts[day] for day in newest], "rows") if len(newest) > 1 else None


def _words(entry: Entry) -> str:
    """What the search looks through."""
    found = [entry.name, entry.owner, *(column.name for column in entry.columns)]
    found += [entry.contract.grain, entry.contract.purpose] if entry.contract else []
    found += [word for metric in entry.metrics for word in (metric.name, *metric.synonyms)]
    return " ".join(found).lower()
