"""How far gold is behind the door: how old its newest event is, and what waits in the landing zone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from marketpulse.names import DOOR_FILES
from marketpulse.project.project import Project
from marketpulse.project.source import Source
from marketpulse.run.report import RunReport
from marketpulse.storage.places import is_remote

_SECOND = 1_000_000_000
#: By so many nanoseconds the time of a file may be behind the clock: Linux tells files the time of its last tick.
_TICK = 10_000_000


class Lag:
    """Follows the feeds that the door or a stream fills; where there is none, all."""

    def __init__(self) -> None:
        self._brought = 0
        self._in_gold = 0
        self._began = 0

    def begin(self) -> None:
        """A cycle begins: what is sealed from now on may have to wait for the next one."""
        self._began = time.time_ns() - _TICK

    def note(self, project: Project, report: RunReport) -> None:
        """See what a run brought, and whether all that is made of it was brought up to date."""
        stopped = {table.name for table in report.tables if table.status not in ("built", "up to date")}
        names = {source.name for source in followed(project)}
        self._brought = max([self._brought, *(feed.newest for feed in report.feeds if feed.source in names)])
        tables = {name for feed in names for name in project.dependants(project.sources[feed].table)}
        if not stopped & tables:
            self._in_gold = self._brought

    @property
    def seconds(self) -> float | None:
        """Age of the newest event that is in gold, as old as its file; None before there is one."""
        return round(max((time.time_ns() - self._in_gold) / _SECOND, 0.0), 3) if self._in_gold else None

    def waiting(self, project: Project, landing: str) -> int:
        """Segments that the door has sealed since the cycle began, and that it did not bring."""
        found = (each for source in followed(project) for each in _sealed(landing, source))
        return sum(sealed > self._began and written > self._brought for written, sealed in found)


def followed(project: Project) -> list[Source]:
    """The feeds of which a lag is told."""
    sources = list(project.sources.values())
    return [each for each in sources if "rejects" not in each.collect and (each.collect or each.stream)] or sources


def _sealed(landing: str, source: Source) -> Iterator[tuple[int, int]]:
    """When each segment of this hour and the one before was written last, and when it was sealed (nanoseconds)."""
    if is_remote(landing):
        return
    now = datetime.now(UTC)
    for moment in (now - timedelta(hours=1), now):
        folder = Path(landing, source.folder, f"ingest_date={moment:%Y-%m-%d}", f"hour={moment:%H}")
        if folder.is_dir():
            with os.scandir(folder) as listing:
                found = [entry.stat() for entry in listing if entry.name.startswith(DOOR_FILES)]
            yield from ((each.st_mtime_ns, each.st_ctime_ns) for each in found)
