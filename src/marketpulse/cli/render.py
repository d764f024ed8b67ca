"""Reports as tables that fit the screen, or as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from marketpulse.cli.hints import completed
from marketpulse.cli.terminal import terminal
from marketpulse.units import rows_break, seconds, size
from marketpulse.visible import visible, visible_json

if TYPE_CHECKING:
    from marketpulse.flow import Forecast
    from marketpulse.project.lineage import Node
    from marketpulse.run.report import FeedCounts, FeedReport, RunReport, TableReport
    from marketpulse.run.rules import Told
    from marketpulse.run.validate import Validation
    from marketpulse.serving.headlines import Headline
    from marketpulse.serving.redshift.statement import Statement
    from marketpulse.serving.status import TableStatus
    from marketpulse.silver.replay import Replayed
    from marketpulse.upkeep.maintain import Maintained

console = terminal()
_MOST_FILES = 20
#: A query with a list of every time zone in it is read by nobody.
_LONGEST_HINT = 1_000
_STYLE = {"built": "green", "up to date": "dim", "blocked": "bold red", "failed": "bold red", "skipped": "yellow"}


def to_json(value: Any) -> None:
    """Write any report as indented JSON to standard output."""
    sys.stdout.write(visible_json(json.dumps(plain(value), indent=2, ensure_ascii=False)) + "\n")


def plain(value: Any) -> Any:
    """Dataclasses, dates and decimals as what JSON knows."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (Decimal, Path)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)  # 0.0000000000, not 0E-10
    return value


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
    """Print a table; columns in `right` are numbers."""
    grid = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        is_number = index in right
        whole = index == 0 or is_number or column == "committed"
        grid.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=whole)
    for row in in_columns(list(rows)):
        grid.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    console.print(grid)
    console.print()


def fits(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a table of these rows is narrow enough that no cell need be broken."""
    return _width(columns, rows) <= console.width


def _width(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    texts = in_columns(rows)
    widths = [max(len(str(c)), *(cell_len(str(row[i])) for row in texts), 0) for i, c in enumerate(columns)]
    return sum(widths) + 2 * max(len(widths) - 1, 0)


def records(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print one line a value: what is wider than the screen is read downwards."""
    wide = max(map(cell_len, columns))
    for number, row in enumerate(in_columns(list(rows)), start=1):
        console.print(f"[dim]row {number:,}[/]")
        for column, value in zip(columns, row, strict=True):
            name = f"  [dim]{escape(column)}[/]{' ' * (wide - cell_len(column))}  "
            console.print(Text.from_markup(name) + Text(str(value)), soft_wrap=True)
    console.print()


def in_columns(rows: Sequence[Sequence[Any]]) -> list[list[str | Text]]:
    """Values as people read them below each other: numbers of a column have the same digits after the point."""
    if not rows:
        return []
    return [list(row) for row in zip(*map(_column, zip(*rows, strict=True)), strict=True)]


def _column(values: Sequence[Any]) -> list[str | Text]:
    digits = _digits([v for v in values if isinstance(v, (float, Decimal))])
    return [
        value
        if isinstance(value, Text)
        else f"{value:,.{digits}f}"
        if digits is not None and isinstance(value, (float, Decimal)) and math.isfinite(value)
        else shown(value)
        for value in values
    ]


def _digits(values: Sequence[float | Decimal]) -> int | None:
    """Digits after the point that no value of a column needs more of; None where each is written for itself.

    Decimals keep all that they have, and two at least; of doubles four digits count.
    """
    finite = [value for value in values if math.isfinite(value)]
    if all(isinstance(value, Decimal) and value == value.to_integral_value() for value in finite):
        exact = all(isinstance(value, Decimal) and value.as_tuple().exponent == 0 for value in finite)
        return None if exact else 2
    texts = [f"{v.normalize():f}" if isinstance(v, Decimal) else shown(v) for v in finite]
    if any("e" in text for text in texts):
        return None
    needed = max(len(text.partition(".")[2]) for text in texts)
    return max(needed, 2) if any(isinstance(value, Decimal) for value in finite) else needed


def shown(value: Any) -> str:
    """A value as people write it: thousands separators, no trailing noise, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value) if isinstance(value, (int, float, Decimal)) else visible(str(value))


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, Decimal) and value.as_tuple().exponent != 0:
        return f"{value:,.2f}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return f"{value:,}"


def run_report(report: RunReport, as_json: bool = False) -> None:
    """What a run did: feeds, tables, what went wrong."""
    if as_json:
        to_json(plain(report) | {"ok": report.ok})
        return
    counted = [(table.name, feed) for table in report.tables for feed in table.feeds]
    _feeds(report, counted)
    _tables(report.tables)
    _problems(report)
    if report.unread:
        _unread(report)
    if report.unrecorded:
        _problem("warning", report.unrecorded, None)
    built = sum(t.status == "built" for t in report.tables)
    same = sum(t.status == "up to date" for t in report.tables)
    console.print(f"run {report.run_id}: {built} tables built, {same} up to date, in {seconds(report.seconds)}")


def _unread(report: RunReport) -> None:
    """What lies in the landing zone and is of no feed; a folder that is called nearly as a feed is may be its."""
    names = ", ".join(report.unread[:_MOST_FILES]) + " …" * (len(report.unread) > _MOST_FILES)
    feeds = [feed.source for feed in report.feeds]
    close = [f"{found[0]}/" for name in report.unread if (found := get_close_matches(name.rstrip("/"), feeds, n=1))]
    meant = f"did you mean {', '.join(dict.fromkeys(close))}? " if close else ""
    hint = f"{meant}a feed says where it lands: landing: <folder>"
    _problem("warning", f"no feed reads {names} in the landing zone", hint)


def _feeds(report: RunReport, counted: list[tuple[str, FeedCounts]]) -> None:
    landed = [(f.source, f.files, f.duplicates, f.records) for f in report.feeds if f.files or f.duplicates]
    if landed:
        table("Landed", ("feed", "new files", "known content", "records"), landed, right=(1, 2, 3))
    for feed in report.feeds:
        if feed.erased:
            told = f"{feed.source}: {feed.erased:,} records of people who were erased were kept out"
            console.print(told, markup=False)
    names = ["read", "accepted", "deduplicated", "quarantined", "filtered"]
    names += ["removed"] if any(f.removed for _, f in counted) else []
    rows = [(f.source, *(getattr(f, name) for name in names)) for _, f in counted]
    if rows:
        title = "Rows: read = accepted + deduplicated + quarantined + filtered"
        table(title, ("feed", *names), rows, right=range(1, len(names) + 1))
    reasons = [(feed.source, text, n) for _, feed in counted for text, n in _top(feed.reasons)]
    if reasons:
        table("Why they were quarantined", ("feed", "reason", "rows"), reasons, (2,))


def _top(reasons: Mapping[str, int], most: int = 3) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda r: (-r[1], r[0]))[:most]


def _tables(tables: Sequence[TableReport]) -> None:
    worked = [t for t in tables if t.status != "up to date"]
    if not worked:
        return
    columns = ["table", "status", "rows", "written", "buckets", "time"]
    rows: list[list[Any]] = [
        [t.name, Text(t.status, _STYLE[t.status]), t.rows, t.rows_written, t.buckets, seconds(t.seconds)]
        for t in worked
    ]
    right = (2, 3, 4, 5)
    if len({t.reason for t in worked}) == 1:  # one reason for all is said once
        table(f"Tables: {worked[0].reason}" if worked[0].reason else "Tables", columns, rows, right)
        return
    with_why = [[*row, t.reason] for row, t in zip(rows, worked, strict=True)]
    if fits([*columns, "why"], with_why):
        table("Tables", [*columns, "why"], with_why, right)
        return
    table("Tables", columns, rows, right)
    table("Why", ("table", "why"), [(t.name, t.reason) for t in worked])


def _problems(report: RunReport) -> None:
    for feed in report.feeds:
        _feed_problems(feed)
    for result in report.tables:
        _table_problems(result)


def _feed_problems(feed: FeedReport) -> None:
    _files("blocked", feed.source, [(f"{b['file']}: {b['message']}", b["hint"]) for b in feed.blocked])
    _files("warning", feed.source, [(f"{s['file']} {s['message']}", s["hint"]) for s in feed.shifts])
    _files("warning", feed.source, [(f"{name} holds no record", None) for name in feed.empty])
    if feed.overdue:
        _problem("late" if feed.is_late else "warning", f"{feed.source}: {feed.overdue}", "ask who delivers it")
    _files("ignored", feed.source, [(f"{r['file']}: {r['message']}", None) for r in feed.refused])


def _files(kind: str, feed: str, told: Sequence[tuple[str, str | None]]) -> None:
    """What is to be said of files of a feed; of very many that would be more than anybody reads."""
    for message, hint in told[:_MOST_FILES]:
        _problem(kind, message, hint)
    if len(told) > _MOST_FILES:
        _problem(kind, f"{shown(len(told) - _MOST_FILES)} more files of {feed}", "--json names them all")


def _older(counts: FeedCounts) -> str:
    """What is said of rows that came in and are older, by the order of deliveries, than what is there."""
    lost = "row lost to one" if counts.outranked == 1 else "rows lost to others"
    return f"{counts.outranked:,} new {lost} of a delivery that is later by the order of {counts.source}"


def _table_problems(result: TableReport) -> None:
    for rule, count in result.warnings.items():
        _warned(result.name, rule, count, result.told)
    for counts in result.feeds:
        for rule, count in counts.warnings.items():
            _warned(f"{result.name} from {counts.source}", rule, count, result.told)
        if counts.outranked:
            _problem("note", f"{result.name}: {_older(counts)}", "the later one stays (docs/deliveries.md)")
    if result.status == "skipped":
        _problem("skipped", f"{result.name}: {result.reason}", None)
    elif result.message:
        _problem(result.status, f"{result.name}: {result.message}", result.hint)


def _warned(where: str, rule: str, count: int, told: Mapping[str, Told]) -> None:
    """Rows that break a rule: how many, what the rule is about, and what to type to see them."""
    about = told.get(rule)
    what = f"{where}: {rows_break(count)} {rule}" + (f": {about.description}" if about else "")
    hint = f"marketpulse query {_quoted(about.query)}" if about else None
    if hint and len(hint) > _LONGEST_HINT:
        hint = "the query for them is long: this command tells it with --json"
    _problem("warning", what, hint)


def _quoted(text: str) -> str:
    """One argument of a shell; a query has quotes of its own, so double ones where they will do."""
    return shlex.quote(text) if any(letter in text for letter in '"$`\\!') else f'"{text}"'


def _problem(kind: str, message: str, hint: str | None) -> None:
    style = "bold red" if kind in ("blocked", "failed", "late") else "yellow"
    whole = not console.is_terminal  # a line that is searched for is one line
    console.print(f"[{style}]{kind}[/] ", end="")
    console.print(message, markup=False, soft_wrap=whole)
    if hint:
        console.print("   [cyan]hint[/] ", end="")
        console.print(completed(hint), markup=False, soft_wrap=whole)


def validation(found: Validation, as_json: bool) -> None:
    """What is wrong with a project: a line an error, with its place, what it is about, and what to do."""
    if as_json:
        to_json(found)
        return
    told = terminal(stderr=True, soft_wrap=True)
    for kind, problems in (("[bold red]error[/]", found.problems), ("[yellow]warning[/]", found.warnings)):
        for problem in problems:
            place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
            about = ", ".join(part for part in (problem.table, problem.about) if part)
            told.print(kind, end=" ")
            told.print(f"{place}: {problem.message}" + (f" ({about})" if about else ""), markup=False)
            if problem.hint:
                told.print("[bold cyan] hint[/]", end=" ")
                told.print(completed(problem.hint), markup=False)
    if len(found.problems) > 1:
        told.print(f"{len(found.problems)} errors in {found.project}", markup=False)
    if found.unchecked:
        tables = ", ".join(f"{each.table} ({each.reason})" for each in found.unchecked)
        told.print(f"not checked further: {tables}", markup=False)
    if found.ok:
        text = f"{found.feeds} feeds, {found.silver} silver and {found.gold} gold tables"
        console.print(f"[green]ok[/] {escape(found.project)}: {text}", soft_wrap=True)
        for sentence in found.reading:
            console.print(f"   {sentence}", markup=False, highlight=False, soft_wrap=True)


def plan_report(forecasts: Sequence[Forecast], as_json: bool) -> None:
    """What would be built, and why."""
    if as_json:
        to_json(forecasts)
        return
    rows = [(f.table, f.action, f.buckets, f.reason) for f in forecasts if f.action != "nothing"]
    if rows:
        table("Would be built", ("table", "how", "buckets", "why"), rows)
    still = sum(f.action == "nothing" for f in forecasts)
    console.print(f"{len(rows)} tables to build, {still} up to date")


def status_report(found: Sequence[TableStatus], one: bool, as_json: bool) -> None:
    """Every table; with `one`, its snapshots and what it has consumed too."""
    if as_json:
        to_json(found)
        return
    rows = [
        (t.name, t.rows, t.files, size(t.size), t.buckets, _when(t.committed_at), ", ".join(t.behind)) for t in found
    ]
    table(
        "Tables (times in UTC)",
        ("table", "rows", "files", "size", "buckets", "committed", "behind"),
        rows,
        (1, 2, 3, 4),
    )
    for entry in found:
        if entry.missing_columns:
            lacking = ", ".join(entry.missing_columns)
            _problem("warning", f"{entry.name}: the newest file of the feed has no column {lacking}", None)
        if entry.overdue:
            _problem("warning", f"{entry.name}: {entry.overdue}", None)
        if not entry.is_defined:
            _problem("warning", f"{entry.name} is not defined any more: no run builds it", None)
        for rule, count in entry.warnings.items():
            _warned(entry.name, rule, count, entry.told)
    for entry in found if one else ():
        made = [(str(s.snapshot_id), _when(s.committed_at), s.operation, s.batch_id) for s in entry.snapshots]
        table("Snapshots", ("snapshot", "committed", "operation", "run"), made)
        if entry.consumed:
            table("Consumed", ("input", "snapshot"), [(name, str(i)) for name, i in entry.consumed.items()])


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


def quarantine_rows(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    """Rejected rows one by one."""
    if as_json:
        to_json(rows)
        return
    for row in rows:
        console.print(f"[bold]{row['quarantine_id']}[/] {row['status']}, tried {row['attempts']} times")
        console.print(f"  {row['table_name']} from {row['source_file']}, record {row['source_row']}", markup=False)
        for error in json.loads(row["errors"]):
            console.print(f"  - {error['rule']}: {error['message']}", style="red", markup=False)
        console.print(f"  {_short(row['raw_record'] or '')}", style="dim", markup=False, soft_wrap=True)
    if not rows:
        console.print("nothing matches")


def _short(text: str, most: int = 600) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def replay_report(done: Sequence[Replayed], as_json: bool) -> None:
    """What a replay brought."""
    if as_json:
        to_json(done)
        return
    for each in done:
        if each.problem:
            _problem("failed", f"{each.table}: {each.problem}", None)
    tried = [each for each in done if not each.problem]
    rows = [
        (r.table, r.tried, r.passed, r.failed, "; ".join(f"{n:,} {k}" for k, n in r.reasons.items())) for r in tried
    ]
    if rows:
        table("Replayed", ("table", "tried", "passed", "still rejected", "reasons"), rows, right=(1, 2, 3))
        console.print(f"next: [cyan]{escape(completed('marketpulse run'))}[/] brings gold up to date")
    elif not done:
        console.print("nothing is open")


def maintain_report(done: Sequence[Maintained], as_json: bool) -> None:
    """What maintenance did."""
    if as_json:
        to_json(done)
        return
    rows = [
        (
            m.table,
            f"{m.compacted:,} → {m.into:,}" if m.compacted else "",
            m.expired,
            m.orphans,
            size(m.freed),
            f"{m.forgotten:,}",
        )
        for m in done
        if m.compacted or m.expired or m.orphans or m.forgotten
    ]
    if rows:
        columns = ("table", "files compacted", "snapshots expired", "orphans removed", "freed", "rows too old")
        table("Maintained", columns, rows, right=(1, 2, 3, 4, 5))
    for m in done:
        if m.problem:
            _problem("error", f"{m.table}: {m.problem}", None)
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
            _problem("warning", f"{item.title}: {item.problem}", None)
            continue
        right = [i for i in range(len(item.columns)) if any(isinstance(r[i], (int, float, Decimal)) for r in item.rows)]
        columns, rows = list(item.columns), [list(row) for row in item.rows]
        if item.bar:
            values = [float(row[columns.index(item.bar)] or 0) for row in rows]
            room = min(max(console.width - _width(columns, rows) - 2, 4), 20)
            columns.append("")
            rows = [[*row, bar(value, max(values), room)] for row, value in zip(rows, values, strict=True)]
        table(item.title, columns, rows, right=right)
        for note in item.notes:
            _problem("note", note, None)
        console.print("\n" * bool(item.notes), end="")


def bar(value: float, most: float, width: int = 20) -> str:
    """A bar of eighths of a character, `width` characters for `most`."""
    eighths = round(width * 8 * max(value, 0) / most) if most > 0 else 0
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def redshift_ddl(statements: Sequence[Statement], as_json: bool) -> None:
    """SQL in order, with what each statement is for; nothing but SQL, so that it can be run as it is."""
    if as_json:
        to_json({"statements": statements})
        return
    for statement in statements:
        sys.stdout.write(f"-- {statement.name} ({statement.when}): {statement.reason}\n{statement.sql};\n\n")
