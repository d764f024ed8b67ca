"""What `marketpulse live` does now, as it says itself: how far gold is behind, what came in, its last cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.charts.spark import Spark, spark
from marketpulse.console.page import page
from marketpulse.console.words import took
from marketpulse.run.beats import Beat, beats
from marketpulse.settings import Settings

#: A cycle begins once a minute at the latest; after so long without a word it is silent, then it is forgotten.
_SILENT, _FORGOTTEN = timedelta(seconds=150), timedelta(minutes=15)
_MINUTE, _SHOWN = timedelta(minutes=1), 8


@dataclass(frozen=True)
class Living:
    """The newest cycles, newest first; `behind` of gold and how that went, records of the last minute."""

    cycles: Sequence[Beat]
    is_silent: bool
    behind: str
    trend: Spark | None
    records: int
    at: datetime

    @property
    def newest(self) -> Beat:
        """The last cycle."""
        return self.cycles[0]


def living(settings: Settings, now: datetime | None = None) -> Living | None:
    """What is live on the warehouse; None where nothing is, on this machine."""
    known = beats(settings.scratch)
    now = now or datetime.now(UTC).replace(tzinfo=None)
    if not known or now - known[-1].moment > _FORGOTTEN:
        return None
    lags = [each.behind for each in known]
    texts = [f"{took(each.behind or 0.0)} behind at {each.moment:%H:%M:%S}" for each in known]
    records = sum(each.records for each in known if now - each.moment <= _MINUTE)
    behind = took(lags[-1]) if lags[-1] is not None else "–"
    trend = spark(lags, texts, [lag is not None for lag in lags])
    return Living(known[: -_SHOWN - 1 : -1], now - known[-1].moment > _SILENT, behind, trend, records, now)


def show(request: Request) -> Response:
    """The part of the page Runs that changes while one looks."""
    return page(request, "living.html", title="Live", living=living(request.app.state.desk.settings))
