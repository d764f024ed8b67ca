"""Runs: when each began, how long it took, what it built, what went wrong; those at work and the killed ones too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.attention import last_runs
from marketpulse.console.bars import lengths
from marketpulse.console.page import page
from marketpulse.console.words import took
from marketpulse.serving.runs import Run

_MOST = 100
_TONES = {"done": "good", "running": "", "blocked": "bad", "failed": "bad", "killed": "bad"}


@dataclass(frozen=True)
class Told:
    """One run as it is shown. `reasons` is None where they may show people to who may not see them."""

    run: Run
    tone: str
    took: str
    length: float | None
    built: list[dict[str, Any]]
    others: list[dict[str, Any]]
    reasons: Sequence[str] | None


def show(request: Request) -> Response:
    """The last runs, newest first. Reasons may show keys of rows: they are for stewards."""
    with request.app.state.desk.look() as look:
        found = last_runs(look, _MOST)
        masked = look.moment.masked
    now = datetime.now(UTC).replace(tzinfo=None)
    seconds = [((run.ended_at or now) - run.started_at).total_seconds() for run in found]
    bars = lengths(seconds)
    told = [_told(run, took(s), bar, masked) for run, s, bar in zip(found, seconds, bars, strict=True)]
    return page(request, "runs.html", title="Runs", runs=told, most=_MOST)


def _told(run: Run, text: str, bar: float | None, masked: bool) -> Told:
    built = [each for each in run.tables or [] if each["status"] == "built" or each["rows"]]
    others = [each for each in run.tables or [] if each not in built]
    killed = run.ended_at is None and run.status != "running"
    shown = None if masked and run.reasons else run.reasons
    return Told(run, _TONES.get(run.status, ""), "" if killed else text, None if killed else bar, built, others, shown)
