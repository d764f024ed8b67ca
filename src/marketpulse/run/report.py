"""What a run did, for people and for machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from marketpulse.errors import MarketPulseError
from marketpulse.run.rules import Told

Status = Literal["built", "up to date", "blocked", "skipped", "failed"]


@dataclass
class FeedCounts:
    """Rows of one feed in one load of one table: read = accepted + deduplicated + quarantined + filtered.

    The table has accepted - replaced - removed rows more than before. `removed` are rows that are gone from it, deleted
    or missing in a later delivery; a row that says so, or is older than what says so, is accepted and removed at once.
    `replaced` are rows of earlier loads that newer versions took the place of; `outranked` those of the deduplicated
    that came in later than the row they lost to: the order of deliveries says that theirs is an older one.
    `waiting` are those of the quarantined that fail only for want of a row that they look up and that is not there yet,
    `again` those read that earlier loads had read: what they look up has changed; `again_judged` is `judged` of them.
    `posted` are those read that came in by the door, where strangers post: of them any share may be quarantined.
    """

    source: str
    read: int = 0
    accepted: int = 0
    deduplicated: int = 0
    quarantined: int = 0
    filtered: int = 0
    replaced: int = 0
    removed: int = 0
    outranked: int = 0
    posted: int = 0
    posted_quarantined: int = 0
    posted_waiting: int = 0
    waiting: int = 0
    again: int = 0
    again_judged: tuple[int, int] = (0, 0)
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)

    @property
    def conserved(self) -> bool:
        """No row got lost and none was made up."""
        return self.read == self.accepted + self.deduplicated + self.quarantined + self.filtered

    @property
    def judged(self) -> tuple[int, int]:
        """Rows whose share may stop a load: those read that no stranger posted, and of these the rejected.

        What waits is late and not wrong.
        """
        late = self.waiting - self.posted_waiting
        return self.read - self.posted, self.quarantined - self.posted_quarantined - late

    @property
    def judged_new(self) -> tuple[int, int]:
        """The same of rows that no earlier load had read."""
        read, rejected = self.judged
        return read - self.again_judged[0], rejected - self.again_judged[1]

    def summary(self) -> dict[str, str]:
        """Entries of the snapshot's summary."""
        prefix = f"marketpulse.{self.source}."
        numbers = ("read", "accepted", "deduplicated", "quarantined", "filtered", "replaced", "removed")
        return {f"{prefix}rows-{name}": str(getattr(self, name)) for name in numbers}


@dataclass
class TableReport:
    """What became of one table. `exit_code` is what a failure ends a process with, where it is not 1.

    `told` has a line for each rule of `warnings`, and of those of its feeds. `values` says of how many values of the
    column by which it comes apart rows were computed, where it was only theirs.
    """

    name: str
    status: Status = "up to date"
    reason: str | None = None
    rows: int = 0
    rows_written: int = 0
    buckets: int = 0
    values: int = 0
    seconds: float = 0.0
    feeds: list[FeedCounts] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    message: str | None = None
    hint: str | None = None
    samples: list[dict[str, Any]] = field(default_factory=list)
    exit_code: int = 0


@dataclass
class FeedReport:
    """What one feed brought into bronze. `shifts` are files with other columns than those before.

    `erased` are records of people who were erased: what the files had is `records` and these.
    `empty` are files without a record; `overdue` says what was expected by now and did not come, and `is_late` that
    this is an error (`--strict`). `doubts` are warnings of files; `together` says which files of a day count together.
    `newest` is when the last new file was written, in nanoseconds since 1970; `slices` are deliveries of its stream.
    """

    source: str
    files: int = 0
    duplicates: int = 0
    records: int = 0
    malformed: int = 0
    erased: int = 0
    blocked: list[dict[str, str | None]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    shifts: list[dict[str, str | None]] = field(default_factory=list)
    seconds: float = 0.0
    empty: list[str] = field(default_factory=list)
    overdue: str | None = None
    is_late: bool = False
    doubts: list[dict[str, str | None]] = field(default_factory=list)
    together: list[str] = field(default_factory=list)
    newest: int = 0
    slices: int = 0


@dataclass
class RunReport:
    """One run: feeds, then tables in build order. `seconds` is wall-clock time.

    `unrecorded` says why the run ledger could not be written; what the run did is done all the same. `unread` is what
    lies in the landing zone, where feeds land, and is of no feed.
    """

    run_id: str
    feeds: list[FeedReport] = field(default_factory=list)
    tables: list[TableReport] = field(default_factory=list)
    seconds: float = 0.0
    unrecorded: str | None = None
    unread: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was blocked and nothing failed."""
        return not any(feed.blocked or feed.is_late for feed in self.feeds) and all(
            table.status in ("built", "up to date") for table in self.tables
        )

    @property
    def reasons(self) -> list[str]:
        """What kept files and tables out, a sentence each. Of tables that were skipped those before them tell."""
        found = [f"{block['file']}: {block['message']}" for feed in self.feeds for block in feed.blocked]
        found += [f"{feed.source}: {feed.overdue}" for feed in self.feeds if feed.is_late]
        return found + [f"{table.name}: {table.message}" for table in self.tables if table.message]

    @property
    def exit_code(self) -> int:
        """0 done, 1 the data failed a gate or an engine, 2 a definition is wrong or a file is lost."""
        return max((table.exit_code for table in self.tables), default=0) or (0 if self.ok else 1)


class FailedRunError(MarketPulseError):
    """A run in which something was blocked or failed; `report` says what was done all the same."""

    def __init__(self, report: RunReport) -> None:
        first, *more = report.reasons or ["something was skipped"]
        hints = [table.hint for table in report.tables if table.message and table.hint]
        also = f" (and {len(more)} more)" if more else ""
        super().__init__(f"{first}{also}", where=f"run {report.run_id}", hint=hints[0] if hints else None)
        self.report = report
        self.exit_code = report.exit_code
