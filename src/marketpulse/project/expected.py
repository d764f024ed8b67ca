"""When a source is expected to deliver: on which days, by what time of which zone, and how much (docs/sources.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from marketpulse.strict import Strict

_SHORT = re.compile(r"(daily|weekdays) by (\d\d:\d\d)(?: ([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*))?")
_SATURDAY = 5


@dataclass(frozen=True)
class Expected:
    """On each day (or each working day) by `by` of the zone: so many files and rows of that day.

    The day of a file is `lag` days before the deadline's: one that lands in the morning may be named after yesterday.
    """

    every: Literal["daily", "weekdays"]
    by: time
    timezone: str = "UTC"
    files: int = 1
    rows: int = 0
    lag: int = 0

    def day(self, now: datetime) -> date:
        """The day whose files must be there at `now` (UTC, without a zone): that of the last deadline, less the lag."""
        local = now.replace(tzinfo=UTC).astimezone(ZoneInfo(self.timezone))
        day = local.date() if local.time() >= self.by else local.date() - timedelta(days=1)
        while self.every == "weekdays" and day.weekday() >= _SATURDAY:
            day -= timedelta(days=1)
        return day - timedelta(days=self.lag)

    def lacks(self, files: int, rows: int) -> str | None:
        """What is missing of a day, in words; None when enough is there."""
        if files < self.files:
            return f"{files:,} of {self.files:,} files"
        return f"{rows:,} of {self.rows:,} rows" if rows < self.rows else None


class ExpectModel(Strict):
    """`expect` of a source file: in full, or as `daily by 06:00 Europe/Berlin`."""

    every: Literal["daily", "weekdays"] = "daily"
    by: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    timezone: str = "UTC"
    files: int = Field(default=1, ge=1)
    rows: int = Field(default=0, ge=0)
    lag: int = Field(default=0, ge=0, le=31)

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, said: Any) -> Any:
        found = _SHORT.fullmatch(said) if isinstance(said, str) else None
        if found:
            return dict(zip(("every", "by", "timezone"), (part for part in found.groups() if part), strict=False))
        if isinstance(said, str):
            raise ValueError("say daily by 06:00, weekdays by 06:00 Europe/Berlin, or a mapping")  # noqa: TRY004
        return said

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("no such zone; for example Europe/Berlin")
        return zone

    @property
    def expected(self) -> Expected:
        """See `Expected`."""
        by = time.fromisoformat(self.by)
        return Expected(self.every, by, self.timezone, self.files, self.rows, self.lag)
