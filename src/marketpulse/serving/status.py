"""What there is: every table with its rows, freshness, snapshots, and what it has consumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from marketpulse import sql
from marketpulse.bronze.overdue import overdue
from marketpulse.bronze.shapes import missing_columns
from marketpulse.lake.table import LakeTable
from marketpulse.names import INPUT_KEY
from marketpulse.project.contract import Contract
from marketpulse.project.owned import owned
from marketpulse.run.context import Context
from marketpulse.run.rules import Told, broken, told
from marketpulse.serving.query import Moment, no_table, stream


@dataclass(frozen=True)
class SnapshotStatus:
    """One snapshot: when (UTC), what it did, and the run that made it."""

    snapshot_id: int
    committed_at: datetime
    operation: str
    batch_id: str | None
    summary: dict[str, str]


@dataclass(frozen=True)
class TableStatus:
    """One table now. `size` in bytes; `behind` names inputs with snapshots it has not consumed.

    `missing_columns` of a bronze table are those that the newest file of the feed did not have, `overdue` what was
    expected by now and did not come. What is not defined any more is built by no run. `warnings` are rules that rows of
    it break now, where it was asked for, and `told` what they are about.
    """

    name: str
    rows: int
    files: int
    size: int
    buckets: int
    committed_at: datetime | None
    snapshots: list[SnapshotStatus]
    consumed: dict[str, int]
    behind: list[str]
    missing_columns: list[str] = field(default_factory=list)
    is_defined: bool = True
    warnings: dict[str, int] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    overdue: str | None = None


def status(context: Context, only: str | None = None) -> list[TableStatus]:
    """Every table of the warehouse, bronze first; or one of them, with the rules that its rows break now.

    Nothing for a table that no run has made yet. Raise UsageError for a name that no table has.
    """
    found = _all(context)
    if only is None:
        return found
    if only not in (names := [table.name for table in found]):
        if only.startswith("bronze."):
            raise no_table(only, names)
        context.project.table(only)
    return [warned(context, table) for table in found if table.name == only]


def _all(context: Context) -> list[TableStatus]:
    order = {"bronze": 0, "silver": 1, "gold": 2}
    tables = context.lake.everything()
    by_name = {table.name: table for table in tables}
    project = context.project
    defined = {*project.tables, *project.problems, *owned(), *(f"bronze.{feed}" for feed in project.sources)}
    late = {source.table: overdue(context, source) for source in project.sources.values() if source.expected}
    known = (replace(_one(table, by_name), is_defined=table.name in defined) for table in tables)
    each = (replace(table, overdue=late.get(table.name)) for table in known)
    return sorted(each, key=lambda t: (order[t.name.split(".")[0]], t.name))


def warned(context: Context, table: TableStatus) -> TableStatus:
    """The same with the rules that warn of rows which it has now; those of the whole table are only asked by a run."""
    found = context.project.tables.get(table.name)
    if found is None:
        return table
    counts = {rule: rows for rule, rows in breaking(context, found.contract, Moment.now(context)).items() if rows}
    return replace(table, warnings=counts, told=told(found.contract, counts))


def breaking(context: Context, contract: Contract, moment: Moment) -> dict[str, int]:
    """How many rows of a table break each rule of a row that warns, 0 where none does, as of a moment."""
    rules = contract.row_rules("warn")
    if not rules:
        return {}
    counted = (f"count(*) filter (where {broken(rule, {}, sql.DUCKDB, contract)})" for rule in rules)
    columns = ", ".join(f"{count} as n{place}" for place, count in enumerate(counted))
    query = f"select {columns} from {contract.name}"
    found = stream(context, query, moment=moment.whole).read_all()  # only counts are told
    return {rule.name: column.to_pylist()[0] for rule, column in zip(rules, found.columns, strict=True)}


def _one(table: LakeTable, known: Mapping[str, LakeTable]) -> TableStatus:
    files = table.files()
    snapshots = [_snapshot(entry) for entry in table.snapshots()]
    consumed = {k.removeprefix(INPUT_KEY): int(v) for k, v in table.state.items() if k.startswith(INPUT_KEY)}
    return TableStatus(
        table.name,
        sum(file.rows for file in files),
        len(files),
        sum(file.size for file in files),
        len({file.bucket for file in files}),
        snapshots[-1].committed_at if snapshots else None,
        snapshots,
        consumed,
        [name for name, snapshot in consumed.items() if name not in known or known[name].has_news(snapshot)],
        missing_columns(table),
    )


def _snapshot(entry: tuple[int, int, str, dict[str, str]]) -> SnapshotStatus:
    snapshot_id, milliseconds, operation, summary = entry
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)
    return SnapshotStatus(snapshot_id, moment, operation, summary.get("marketpulse.batch-id"), summary)
