"""The clock of runs, set: a test that speaks of today is not to fail at midnight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pyiceberg.table import snapshots

from marketpulse.run import context as running


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let runs, and what they commit, begin at a time (UTC, without a zone); each run a second after the one before."""
    seconds_gone = count()

    class Clock(datetime):
        @classmethod
        def now(cls, *_: object) -> datetime:  # type: ignore[override]
            return moment + timedelta(seconds=next(seconds_gone))

    seconds = moment.replace(tzinfo=UTC).timestamp()
    monkeypatch.setattr(running, "datetime", Clock)
    monkeypatch.setattr(snapshots.time, "time", lambda: seconds)
