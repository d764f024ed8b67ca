"""What a run did, would do, or was not allowed to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.text import Text

from marketpulse.cells import plain
from marketpulse.cli.hints import completed
from marketpulse.cli.problems import MOST_FILES, files, problem, warned
from marketpulse.cli.progress import json_log, logged
from marketpulse.cli.render import console, fits, table, to_json
from marketpulse.cli.terminal import terminal
from marketpulse.units import plural, seconds

if TYPE_CHECKING:
    from marketpulse.flow import Forecast
    from marketpulse.run.report import FeedCounts, FeedReport, RunReport, TableReport
    from marketpulse.run.validate import Problem, Validation

_STYLE = {"built": "green", "up to date": "dim", "blocked": "bold red", "failed": "bold red", "skipped": "yellow"}


def run_report(report: RunReport, as_json: bool = False) -> None:
    """What a run did: feeds, tables, what went wrong; the same goes into the log, where there is one."""
    _log(report)
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
        problem("warning", report.unrecorded, None)
    built = sum(t.status == "built" for t in report.tables)
    same = sum(t.status == "up to date" for t in report.tables)
    console.print(
        f"run {report.run_id}: {plural(built, 'table')} built, {same} up to date, in {seconds(report.seconds)}"
    )


def _log(report: RunReport) -> None:
    if (log := json_log()) is not None:
        log.carry(run_id=report.run_id)
        log.tell(report)
        log.say("run finished", "INFO" if report.ok else "ERROR", exit_code=report.exit_code)


def _unread(report: RunReport) -> None:
    """What lies in the landing zone and is of no feed; a folder that is called nearly as a feed is may be its."""
    names = ", ".join(report.unread[:MOST_FILES]) + " …" * (len(report.unread) > MOST_FILES)
    feeds = [feed.source for feed in report.feeds]
    close = [f"{found[0]}/" for name in report.unread if (found := get_close_matches(name.rstrip("/"), feeds, n=1))]
    meant = f"did you mean {', '.join(dict.fromkeys(close))}? " if close else ""
    hint = f"{meant}a feed says where it lands: landing: <folder>"
    problem("warning", f"no feed reads {names} in the landing zone", hint)


def _feeds(report: RunReport, counted: list[tuple[str, FeedCounts]]) -> None:
    came = [f for f in report.feeds if f.files or f.duplicates or f.slices]
    streams = ["slices"] if any(f.slices for f in came) else []
    landed = [(f.source, f.files, f.duplicates, *[f.slices for _ in streams], f.records) for f in came]
    if landed:
        columns = ("feed", "new files", "known content", *streams, "records")
        table("Landed", columns, landed, right=range(1, len(columns)))
    for feed in report.feeds:
        if feed.erased:
            told = f"{feed.source}: {feed.erased:,} records of people who were erased were kept out"
            console.print(told, markup=False)
    names = ["read", "accepted", "deduplicated", "quarantined", "filtered"]
    names += ["removed"] if any(f.removed for _, f in counted) else []
    where, of = _whose(counted)
    rows = [(*of(name, f), *(getattr(f, number) for number in names)) for name, f in counted]
    if rows:
        title = "Rows: read = accepted + deduplicated + quarantined + filtered"
        table(title, (*where, *names), rows, right=range(len(where), len(where) + len(names)))
    reasons = [(*of(name, feed), text, n) for name, feed in counted for text, n in _top(feed.reasons)]
    if reasons:
        table("Why they were quarantined", (*where, "reason", "rows"), reasons, (len(where) + 1,))


def _whose(
    counted: Sequence[tuple[str, FeedCounts]],
) -> tuple[tuple[str, ...], Callable[[str, FeedCounts], tuple[str, ...]]]:
    """What a line of numbers is of, and what that is called: a feed, a table where a feed fills several, else both."""
    feeds, tables = [feed.source for _, feed in counted], [name for name, _ in counted]
    if len(set(feeds)) == len(feeds):
        return ("feed",), lambda _, feed: (feed.source,)
    if len(set(tables)) == len(tables):
        return ("table",), lambda name, _: (name,)
    return ("feed", "table"), lambda name, feed: (feed.source, name)


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
    files("blocked", feed.source, [(f"{b['file']}: {b['message']}", b["hint"]) for b in feed.blocked])
    files("warning", feed.source, [(f"{s['file']} {s['message']}", s["hint"]) for s in feed.shifts])
    files("warning", feed.source, [(f"{name} holds no record", None) for name in feed.empty])
    files("warning", feed.source, [(f"{d['file']}: {d['message']}", d["hint"]) for d in feed.doubts])
    hint = "one that is to take the place of another has its name (docs/deliveries.md)"
    files("note", feed.source, [(f"{feed.source}: {told}", hint) for told in feed.together])
    if feed.overdue:
        problem("late" if feed.is_late else "warning", f"{feed.source}: {feed.overdue}", "ask who delivers it")
    files("ignored", feed.source, [(f"{r['file']}: {r['message']}", None) for r in feed.refused])


def _older(counts: FeedCounts) -> str:
    """What is said of rows that came in and are older, by the order of deliveries, than what is there."""
    lost = "row lost to one" if counts.outranked == 1 else "rows lost to others"
    return f"{counts.outranked:,} new {lost} of a delivery that is later by the order of {counts.source}"


def _late(counts: FeedCounts) -> str:
    """What is said of rows that wait for others, which they look up."""
    verb = "waits" if counts.waiting == 1 else "wait"
    return f"{counts.waiting:,} of {counts.read:,} rows of {counts.source} {verb} for what is looked up"


def _table_problems(result: TableReport) -> None:
    for rule, count in result.warnings.items():
        warned(result.name, rule, count, result.told)
    for counts in result.feeds:
        for rule, count in counts.warnings.items():
            warned(f"{result.name} from {counts.source}", rule, count, result.told)
        if counts.outranked:
            problem("note", f"{result.name}: {_older(counts)}", "the later one stays (docs/deliveries.md)")
        if counts.waiting:
            problem("warning", f"{result.name}: {_late(counts)}", "they are tried again by themselves (docs/rows.md)")
    if result.status == "skipped":
        problem("skipped", f"{result.name}: {result.reason}", None)
    elif result.message:
        problem(result.status, f"{result.name}: {result.message}", result.hint)


def _wrong(level: str, each: Problem) -> None:
    place = ":".join(str(part) for part in (each.file, each.line, each.column) if part is not None)
    about = ", ".join(part for part in (each.table, each.about) if part)
    if logged(level, each.message, place, each.hint):
        return
    told = terminal(stderr=True, soft_wrap=True)
    told.print("[bold red]error[/]" if level == "ERROR" else "[yellow]warning[/]", end=" ")
    told.print(f"{place}: {each.message}" + (f" ({about})" if about else ""), markup=False)
    if each.hint:
        told.print("[bold cyan] hint[/]", end=" ")
        told.print(completed(each.hint), markup=False)


def _beside(message: str) -> None:
    if not logged("INFO", message):
        terminal(stderr=True, soft_wrap=True).print(message, markup=False)


def validation(found: Validation, landing: str, as_json: bool) -> None:
    """What is wrong with a project: a line an error, with its place, what it is about, and what to do.

    On a screen also what is next; `landing` is the landing zone.
    """
    if as_json:
        to_json(found)
        return
    for level, problems in (("ERROR", found.problems), ("WARNING", found.warnings)):
        for each in problems:
            _wrong(level, each)
    if len(found.problems) > 1:
        _beside(f"{len(found.problems)} errors in {found.project}")
    if found.unchecked:
        tables = ", ".join(f"{each.table} ({each.reason})" for each in found.unchecked)
        _beside(f"not checked further: {tables}")
    if found.ok:
        text = f"{found.feeds} feeds, {found.silver} silver and {found.gold} gold tables"
        console.print(f"[green]ok[/] {escape(found.project)}: {text}", soft_wrap=True)
        for sentence in found.reading:
            console.print(f"   {sentence}", markup=False, highlight=False, soft_wrap=True)
        if console.is_terminal:
            _next(found, landing)


def _next(found: Validation, landing: str) -> None:
    """What a person does with a project in which nothing is wrong."""
    place = f"{landing}/<feed>/ingest_date=YYYY-MM-DD/"
    told = f"files in {place}, then {completed('marketpulse run')}" if found.feeds else "marketpulse new feed FILE"
    console.print(f"next: {told}", markup=False, highlight=False, soft_wrap=True)


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
