"""What there is: tables, rejected rows, headlines, and what was done to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from marketpulse.cli.hints import completed
from marketpulse.cli.problems import problem, warned
from marketpulse.cli.render import bar, console, fits, records, table, to_json, width
from marketpulse.serving.masking import STEWARD
from marketpulse.units import size

if TYPE_CHECKING:
    from marketpulse.project.lineage import Node
    from marketpulse.serving.headlines import Headline
    from marketpulse.serving.redshift.statement import Statement
    from marketpulse.serving.status import TableStatus
    from marketpulse.silver.replay import Replayed
    from marketpulse.upkeep.maintain import Maintained


def status_report(found: Sequence[TableStatus], one: bool, as_json: bool) -> None:
    """Every table; with `one`, its snapshots and what it has consumed too."""
    if as_json:
        to_json(found)
        return
    _tables(found)
    for entry in found:
        if entry.missing_columns:
            lacking = ", ".join(entry.missing_columns)
            problem("warning", f"{entry.name}: the newest file of the feed has no column {lacking}", None)
        if entry.overdue:
            problem("warning", f"{entry.name}: {entry.overdue}", None)
        if not entry.is_defined:
            problem("warning", f"{entry.name} is not defined any more: no run builds it", None)
        for rule, count in entry.warnings.items():
            warned(entry.name, rule, count, entry.told)
    for entry in found if one else ():
        made = [(str(s.snapshot_id), _when(s.committed_at), s.operation, s.batch_id) for s in entry.snapshots]
        table("Snapshots", ("snapshot", "committed", "operation", "run"), made)
        if entry.consumed:
            table("Consumed", ("input", "snapshot"), [(name, str(i)) for name, i in entry.consumed.items()])


def _tables(found: Sequence[TableStatus]) -> None:
    """A line a table; where the screen is narrow without what is asked for least, and what none has."""
    rows = [
        {"table": t.name, "rows": t.rows, "files": t.files, "size": size(t.size), "buckets": t.buckets,
         "committed": _when(t.committed_at), "behind": ", ".join(t.behind)}
        for t in found
    ]  # fmt: skip
    columns = ["table", "rows", "files", "size", "buckets", "committed"]
    columns += ["behind"] if any(t.behind for t in found) else []
    if not fits(columns, [[row[name] for name in columns] for row in rows]):
        columns = [name for name in columns if name not in ("files", "buckets")]
    right = [index for index, name in enumerate(columns) if name in ("rows", "files", "size", "buckets")]
    table("Tables (times in UTC)", columns, [[row[name] for name in columns] for row in rows], right)


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""


def lineage_report(nodes: Sequence[Node], as_json: bool) -> None:
    """Where data comes from and goes to."""
    if as_json:
        to_json(nodes)
        return
    rows = [(node.name, "\n".join(node.made_from), "\n".join(node.makes)) for node in nodes]
    table("Lineage", ("name", "made from", "makes"), rows)


def quarantine_overview(rows: Sequence[tuple[str, str, str, str, int]], as_json: bool) -> None:
    """Rejected rows by reason."""
    columns = ("table", "feed", "status", "reason", "rows")
    if as_json:
        to_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        table("Quarantine", columns, rows, right=(4,))
        console.print(f"next: [cyan]{escape(completed('marketpulse quarantine show'))}[/]")
    else:
        console.print("nothing is quarantined")


def quarantine_rows(rows: Sequence[dict[str, Any]], as_json: bool, *, more: bool = False) -> None:
    """Rejected rows one by one; `more` says that these are not all."""
    if as_json:
        to_json(rows)
        return
    from marketpulse.sql import item_of

    for row in rows:
        console.print(f"[bold]{row['quarantine_id']}[/] {row['status']}, tried {row['attempts']} times")
        item = item_of(row["ingest_id"])
        place = f"record {row['source_row']}" + (f", item {item}" if item else "")
        console.print(f"  {row['table_name']} from {row['source_file']}, {place}", markup=False)
        for error in json.loads(row["errors"]):
            console.print(f"  - {error['rule']}: {error['message']}", style="red", markup=False)
        if "raw_record" in row:
            console.print(f"  {_short(row['raw_record'] or '')}", style="dim", markup=False, soft_wrap=True)
    if more:
        hint = "--limit 100 shows more, marketpulse quarantine list counts them"
        problem("note", f"these are the newest {len(rows):,}, and there are more", hint)
    if not rows:
        console.print("nothing matches")
    elif "raw_record" not in rows[0]:
        problem("note", "the records themselves may name people", STEWARD)


def _short(text: str, most: int = 600) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def replay_report(done: Sequence[Replayed], as_json: bool, is_dry: bool = False) -> None:
    """What a replay brought; where it `is_dry`, what it would."""
    if as_json:
        to_json(done)
        return
    for each in done:
        if each.problem:
            problem("failed", f"{each.table}: {each.problem}", None)
    tried = [each for each in done if not each.problem]
    rows = [
        (r.table, r.tried, r.passed, r.failed, "; ".join(f"{n:,} {k}" for k, n in r.reasons.items())) for r in tried
    ]
    if rows:
        title, passed = ("A replay would", "pass") if is_dry else ("Replayed", "passed")
        table(title, ("table", "tried", passed, "still rejected", "reasons"), rows, right=(1, 2, 3))
        again = "marketpulse quarantine replay" if is_dry else "marketpulse run"
        what = "does it" if is_dry else "brings gold up to date"
        console.print(f"next: [cyan]{escape(completed(again))}[/] {what}")
    elif not done:
        console.print("nothing is open")


def maintain_report(done: Sequence[Maintained], as_json: bool) -> None:
    """What maintenance did."""
    if as_json:
        to_json(done)
        return
    rows = [
        (m.table, _compacted(m), m.expired, m.orphans, size(m.freed), f"{m.forgotten:,}")
        for m in done
        if m.compacted or m.expired or m.orphans or m.forgotten
    ]
    if rows:
        title = "Maintained (files put together, snapshots expired, files of nobody removed, rows too old)"
        table(title, ("table", "files", "expired", "orphans", "freed", "too old"), rows, right=(1, 2, 3, 4, 5))
    for m in done:
        if m.problem:
            problem("error", f"{m.table}: {m.problem}", None)
    console.print(f"{len(done)} tables looked after")


def _compacted(done: Maintained) -> str:
    return f"{done.compacted:,} → {done.into:,}" if done.compacted else ""


def show_headlines(found: Sequence[Headline], as_json: bool = False) -> None:
    """A small table a headline."""
    if as_json:
        to_json(found)
        return
    if not found:
        console.print("the project has no headlines: they are the questions of its headlines.yaml")
    for item in found:
        if item.problem:
            problem("warning", f"{item.title}: {item.problem}", None)
            continue
        right = [i for i in range(len(item.columns)) if any(isinstance(r[i], (int, float, Decimal)) for r in item.rows)]
        columns: list[str] = list(item.columns)
        rows: list[list[Any]] = [list(row) for row in item.texts or item.rows]
        if item.bar:
            values = [float(row[columns.index(item.bar)] or 0) for row in item.rows]
            room = min(max(console.width - width(columns, rows) - 2, 4), 20)
            columns.append("")
            rows = [[*row, bar(value, max(values), room)] for row, value in zip(rows, values, strict=True)]
        if fits(columns, rows):
            table(item.title, columns, rows, right=right)
        else:
            console.print(f"[bold]{escape(item.title)}[/]")
            records(columns, rows)
        for note in item.notes:
            problem("note", note, None)
        console.print("\n" * bool(item.notes), end="")


def redshift_ddl(statements: Sequence[Statement], as_json: bool) -> None:
    """SQL in order, with what each statement is for; nothing but SQL, so that it can be run as it is."""
    if as_json:
        to_json({"statements": statements})
        return
    for statement in statements:
        sys.stdout.write(f"-- {statement.name} ({statement.when}): {statement.reason}\n{statement.sql};\n\n")
