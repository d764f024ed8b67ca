"""What somebody should know before he believes the numbers: what is late, incomplete, held up or kept out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from marketpulse.alerts.finding import of_metrics
from marketpulse.console.address import of_question
from marketpulse.console.words import ago
from marketpulse.serving.desk import Look
from marketpulse.serving.runs import Run, runs
from marketpulse.serving.status import TableStatus, status
from marketpulse.silver import quarantine
from marketpulse.units import plural


@dataclass(frozen=True)
class Point:
    """One thing to know: how bad it is, what it is, and the page that has more of it."""

    tone: Literal["bad", "warn", "even"]
    text: str
    href: str = ""


def attention(look: Look, newest: Run | None) -> list[Point]:
    """What there is to know of the warehouse and its newest run, the worst first."""
    found = [*_of_run(newest), *_of_tables(look), *_of_metrics(look), *_of_rejects(look)]
    return sorted(found, key=lambda point: ("bad", "warn", "even").index(point.tone))


def tables(look: Look) -> list[TableStatus]:
    """Every table of the warehouse, looked at once a state."""

    def found() -> list[TableStatus]:
        with look.busy:
            return status(look.context)

    return look.once("status", found)


def last_runs(look: Look, count: int) -> list[Run]:
    """The last runs, those at work too."""
    with look.busy:
        return runs(look.context, count)


def _of_run(newest: Run | None) -> Iterator[Point]:
    if newest is None:
        yield Point("warn", "no run has done anything yet")
    elif newest.status == "running":
        yield Point(
            "even", f"a run is at work, begun {ago(newest.started_at)}: what it makes is shown when it is over", "/runs"
        )
    elif newest.status != "done":
        yield Point("bad", f"the last run was {newest.status}, {ago(newest.ended_at or newest.started_at)}", "/runs")


def _of_tables(look: Look) -> Iterator[Point]:
    """What came late or not whole, in words for who reads numbers; the page of the table has its names."""
    known = tables(look)
    for table in known:
        feed = table.name.partition(".")[2].replace("_", " ")
        if table.overdue:
            yield Point("bad", f"{feed}: {table.overdue}", f"/tables/{table.name}")
        if lacking := len(table.missing_columns):
            yield Point("warn", f"the newest file of {feed} lacks {plural(lacking, 'column')}", f"/tables/{table.name}")
    if behind := [table.name for table in known if table.behind and table.is_defined]:
        have = "has" if len(behind) == 1 else "have"
        yield Point(
            "warn", f"{plural(len(behind), 'table')} {have} yet to take in the newest rows", "/tables?behind=yes"
        )


def _of_metrics(look: Look) -> Iterator[Point]:
    for alert in look.once("alerts", lambda: list(of_metrics(look.context, look.moment))):
        if alert.question:
            yield Point("bad", alert.text, of_question(alert.question))
        else:
            yield Point("bad", f"{alert.about}: {alert.text}")


def _of_rejects(look: Look) -> Iterator[Point]:
    def counted() -> int:
        with look.busy:
            return quarantine.count(look.context, quarantine.Filter())

    if rows := look.once("rejected", counted):
        yield Point("even", f"{plural(rows, 'row')} kept out, with their reasons", "/quarantine")
