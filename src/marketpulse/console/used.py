"""What a table is used for: which of its columns are in which metrics, and on which boards its numbers are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
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


def uses(project: Project, table: str, users: Mapping[str, Sequence[str]]) -> Uses:
    """Where the columns of a table are used beyond tables, first what is made of them alone, last what comes by others.

    `users` are the columns that are computed from a column (`project.lineage.column_users`).
    """
    found = Uses()
    asked: set[str] = set()
    made = _made(project)
    for column in project.tables[table].contract.types if table in project.tables else ():
        metrics = dict.fromkeys(name for each in _reached(f"{table}.{column}", users) for name in made.get(each, ()))
        if metrics:
            found.metrics[column] = [project.metrics[0].metrics[name] for name in metrics]
        asked.update(made.get(f"{table}.{column}", ()))
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


def _made(project: Project) -> dict[str, list[str]]:
    """Names of the metrics that are made of a column, by its whole name."""
    found: dict[str, list[str]] = {}
    for metric in project.metrics[0].metrics.values():
        columns = (f"{part.source}.{name}" for part in parts(metric) for name in _columns(part))
        for column in dict.fromkeys(columns):
            found.setdefault(column, []).append(metric.name)
    return found


def _reached(column: str, users: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A column, those that are computed from it, those from these …, the nearest first."""
    seen, todo = {column}, deque([column])
    while todo:
        yield (nearest := todo.popleft())
        news = [each for each in users.get(nearest, ()) if each not in seen]
        seen.update(news)
        todo.extend(news)


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
