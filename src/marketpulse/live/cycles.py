"""Cycles: a run, what people watch, upkeep; again and again over one project that is held."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from marketpulse import flow
from marketpulse.bronze.streaming import may_have_more
from marketpulse.live.lag import Lag
from marketpulse.live.news import News
from marketpulse.project.kept import KeptProject
from marketpulse.project.project import Project
from marketpulse.project.source import Source
from marketpulse.run.beats import Beat
from marketpulse.run.context import Context, Progress, open_context
from marketpulse.run.report import RunReport
from marketpulse.run.retained import Retained
from marketpulse.serving.headlines import Headline, headlines
from marketpulse.settings import Settings
from marketpulse.upkeep.bounds import Bounds, Keeper, Kept

#: Seconds after which everything is looked at, though no folder changed: a file may have been written in its place,
#: and what a gate stopped may pass by now.
_LOOK = 60.0
#: So many times as long as it took to look at everything, and at most so many seconds, nobody does so again.
_RARELY, _LONGEST_LOOK = 20.0, 600.0
#: Seconds that files stay longer than a query may take, once no snapshot has them.
_MARGIN = 60.0
#: Cycles after which memory is looked through.
_COLLECTS = 10


@dataclass(frozen=True)
class Upkeep:
    """What was kept small after a cycle: tables looked after, snapshots expired, files that became few, files freed."""

    tables: int
    expired: int
    compacted: int
    files: int
    bytes: int
    problems: list[str]

    @classmethod
    def of(cls, kept: Kept) -> Upkeep:
        """The sums of it."""
        expired, compacted = (sum(getattr(t, name) for t in kept.tables) for name in ("expired", "compacted"))
        told = [f"{table.table}: {table.problem}" for table in kept.tables if table.problem]
        return cls(len(kept.tables), expired, compacted, kept.files, kept.freed, told)


@dataclass(frozen=True)
class Cycle:
    """One cycle: files and records that came in, tables that were built, its seconds and those of the processor.

    `behind_seconds` is the age of the newest event in gold when the cycle ended, `waiting` what was sealed meanwhile;
    `told` is what kept files and tables out (`exit_code` as of `run`).
    """

    cycle: int
    at: str
    run_id: str
    exit_code: int
    files: int
    records: int
    built: int
    seconds: float
    cpu_seconds: float
    behind_seconds: float | None
    waiting: int
    upkeep: Upkeep
    told: list[str] = field(default_factory=list)
    headlines: list[Headline] = field(default_factory=list)


class Cycles:
    """All cycles of one process."""

    def __init__(self, settings: Settings, progress: Progress, *, shows: bool) -> None:
        """With `shows` each cycle that built something answers the headlines that are to be watched.

        `number` counts those that came to their end.
        """
        self._settings = settings
        self._progress = progress
        self._shows = shows
        self._project = KeptProject(settings.project)
        self._lag = Lag()
        self._keeper = Keeper(Bounds(grace=settings.query_seconds + _MARGIN))
        self._news: News | None = None
        self._retained = Retained()
        self._looks_again = 0.0
        self._folders: frozenset[str] = frozenset()
        self._sources: list[Source] = []
        self.number = 0
        self._ran = float("-inf")

    def is_due(self) -> bool:
        """Whether something landed or came in a stream since the last cycle, or none was for long."""
        came = self._news is None or self._news.came() or may_have_more(self._retained, self._sources)
        return came or time.monotonic() - self._ran >= _LOOK

    def cycle(self) -> Cycle:
        """Bring everything up to date. Raise MarketPulseError as a run does; the next cycle tries again."""
        began, used = time.monotonic(), time.process_time()
        self._ran = float("-inf")  # a cycle that does not come to its end is none
        self._lag.begin()
        project = self._project()
        self._follow(project)
        self._retained.whole = began >= self._looks_again
        with open_context(self._settings, project, self._progress, retained=self._retained) as context:
            report = flow.run(context, flow.Options())
            if self._retained.whole:
                looked = sum(feed.seconds for feed in report.feeds)
                self._looks_again = time.monotonic() + max(_LOOK, min(_RARELY * looked, _LONGEST_LOOK))
            self._lag.note(project, report)
            behind = self._lag.seconds
            shown = self._headlines(context, report)
            kept = Upkeep.of(self._keeper.keep(context))
        self._ran = time.monotonic()
        self.number += 1
        return Cycle(
            self.number,
            datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            report.run_id,
            report.exit_code,
            sum(feed.files for feed in report.feeds),
            sum(feed.records for feed in report.feeds),
            sum(table.status == "built" for table in report.tables),
            round(time.monotonic() - began, 3),
            round(time.process_time() - used, 3),
            behind,
            self._lag.waiting(project, self._settings.landing_place),
            kept,
            report.reasons + kept.problems,
            shown,
        )

    def rest(self) -> None:
        """After a cycle: let go what it left in memory. It makes circles of objects, which nothing else lets go."""
        if self.number % _COLLECTS == 0:
            gc.collect()

    def _follow(self, project: Project) -> None:
        """Look at the folders of the feeds that there are now."""
        self._sources = [*project.sources.values()]
        folders = frozenset(source.folder for source in self._sources)
        if self._news is None or folders != self._folders:
            self._news, self._folders = News(self._settings.landing_place, folders), folders
            self._news.came()

    def _headlines(self, context: Context, report: RunReport) -> list[Headline]:
        if not self._shows or not any(table.status == "built" for table in report.tables):
            return []
        return headlines(context, live=True)


def as_beat(cycle: Cycle) -> Beat:
    """A cycle as whoever looks at the warehouse is told of it."""
    counts = (cycle.files, cycle.records, cycle.built, cycle.seconds)
    return Beat(cycle.cycle, cycle.at, *counts, cycle.behind_seconds, cycle.waiting, cycle.exit_code)


def as_event(cycle: Cycle) -> dict[str, Any]:
    """A cycle as a line for machines."""
    plain = {name: value for name, value in vars(cycle).items() if name != "headlines"}
    shown = [
        {"title": each.title, "columns": each.columns, "rows": each.texts or each.rows, "problem": each.problem}
        for each in cycle.headlines
    ]
    return {"event": "cycle", **plain, "upkeep": vars(cycle.upkeep), "headlines": shown}
