"""What a table is used for: which of its columns are in which metrics, and on which boards its numbers are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlglot import exp

from marketpulse.metrics.metric import Measured, Metric, parts
from marketpulse.project.headlines import Question
from marketpulse.project.project import Project
from marketpulse.serving.status import SnapshotStatus

_NUMBERS = ("read", "accepted", "deduplicated", "quarantined", "filtered")


@dataclass
class Uses:
    """Metrics by the column that they are made of, and pages by their address."""

    metrics: dict[str, list[Metric]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """What one snapshot took of one feed, and which part of it was rejected, from 0 to 100."""

    at: datetime
    source: str
    numbers: dict[str, int]
    rejected: float


def uses(project: Project, table: str) -> Uses:
    """Where the columns of a table are used beyond tables."""
    found = Uses()
    asked: set[str] = set()
    for metric in project.metrics[0].metrics.values():
        for column in dict.fromkeys(name for part in parts(metric) if part.source == table for name in _columns(part)):
            found.metrics.setdefault(column, []).append(metric)
            asked.add(metric.name)
    for address, title, question in _questions(project):
        if _asks(question, table, asked):
            found.pages[address] = title
    return found


def loads(snapshots: list[SnapshotStatus], most: int) -> list[Load]:
    """What the newest snapshots took of each feed, newest first: a snapshot's summary has it."""
    found: list[Load] = []
    for snapshot in reversed(snapshots):
        read = [key for key in snapshot.summary if key.startswith("marketpulse.") and key.endswith(".rows-read")]
        for source in (key.removeprefix("marketpulse.").removesuffix(".rows-read") for key in read):
            told = {name: int(snapshot.summary.get(f"marketpulse.{source}.rows-{name}", 0)) for name in _NUMBERS}
            if told["read"]:
                part = round(100 * told["quarantined"] / told["read"], 2)
                found.append(Load(snapshot.committed_at, source, told, part))
    return found[:most]


def _columns(part: Measured) -> Iterator[str]:
    for tree in filter(None, (part.expression, part.where)):
        yield from (column.name for column in tree.find_all(exp.Column))
    yield from filter(None, (part.time, part.currency))


def _questions(project: Project) -> Iterator[tuple[str, str, Question]]:
    yield from (("/", "Today", question) for question in project.headlines)
    for board in project.boards.values():
        yield from ((f"/boards/{board.name}", board.title, question) for question in board.questions)


def _asks(question: Question, table: str, metrics: set[str]) -> bool:
    if question.asked:
        return not metrics.isdisjoint(question.asked.metrics)
    tables = question.query.find_all(exp.Table) if question.query else ()
    return any(f"{each.db}.{each.name}" == table for each in tables)
