"""What a run says to machines: one JSON object a line, for CloudWatch, a collector of logs and whoever greps it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from marketpulse.errors import MarketPulseError
from marketpulse.run.report import RunReport
from marketpulse.visible import visible_json


class JsonLog:
    """A log whose lines all carry the same `fields`; also the `Progress` of a run."""

    def __init__(self, fields: dict[str, Any], stream: TextIO | None = None) -> None:
        self._fields = fields
        self._stream = stream or sys.stdout

    def carry(self, **values: str) -> None:
        """Write these with every line from here on."""
        self._fields = self._fields | values

    def say(self, event: str, level: str = "INFO", **values: Any) -> None:
        """Write one line: when (UTC), how bad, what happened, and its particulars."""
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"time": moment, "level": level, "event": event} | self._fields | values
        print(visible_json(json.dumps(line, ensure_ascii=False, default=str)), file=self._stream, flush=True)

    def failed(self, error: MarketPulseError) -> None:
        """Write what went wrong, where, and what to do; then what else a person must know of it."""
        for each in error.each:
            told = {"message": each.message, "where": each.where, "hint": each.hint}
            self.say("error", "ERROR", kind=type(each).__name__, **told)
        for note in getattr(error, "__notes__", ()):
            self.say("warning", "WARNING", message=note)

    def tell(self, report: RunReport) -> None:
        """Write one line a feed and a table; what was blocked, or is too late, is an error."""
        for feed in report.feeds:
            self.say("feed", "ERROR" if feed.blocked or feed.is_late else "INFO", **asdict(feed))
        for table in report.tables:
            level = "INFO" if table.status in ("built", "up to date") else "ERROR"
            self.say("table", level, **asdict(table))
            for counts in table.feeds:
                # One line a feed and table: metrics of a log are counted line by line.
                self.say("counts", table=table.name, **asdict(counts))
        if report.unrecorded:
            self.say("warning", "WARNING", message=report.unrecorded)

    def start(self, step: str, total: int) -> None:
        """See `Progress`."""
        self.say("step started", step=step, total=total)

    def advance(self, step: str, units: int) -> None:
        """See `Progress`; too much to log."""

    def finish(self, step: str) -> None:
        """See `Progress`."""
        self.say("step finished", step=step)

    def report(self, step: str, done: int, total: int) -> None:
        """Write when the first and when the last of `total` is done."""
        if done == total:
            self.finish(step)
        elif done <= 1:
            self.start(step, total)

    def wait(self, message: str) -> None:
        """See `Progress`."""
        self.say("waiting", "WARNING", message=message)
