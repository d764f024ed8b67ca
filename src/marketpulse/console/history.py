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
from marketpulse.console.living import living
from marketpulse.console.page import page
from marketpulse.console.runbook import helps
from marketpulse.console.words import took
from marketpulse.errors import UsageError
from marketpulse.serving.runs import Run

#: Runs of a page, and those of which one can be opened; percent of a bar that can still be seen.
_MOST, _KEPT, _LEAST = 100, 2_000, 0.4
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
    helps: str | None


@dataclass(frozen=True)
class Step:
    """One table of a run: what became of it, when after the run's beginning, and where its bar lies, in percent."""

    name: str
    status: str
    rows: int
    after: str
    took: str
    left: float
    width: float


def show(request: Request) -> Response:
    """The last runs, newest first. Reasons may show keys of rows: they are for stewards."""
    with request.app.state.desk.look() as look:
        found = last_runs(look, _MOST)
        masked = look.moment.masked
    seconds = [_seconds(run) for run in found]
    bars = lengths(seconds)
    told = [_told(run, took(s), bar, masked) for run, s, bar in zip(found, seconds, bars, strict=True)]
    now = living(request.app.state.desk.settings)
    return page(request, "runs.html", title="Runs", runs=told, most=_MOST, living=now)


def show_one(request: Request) -> Response:
    """One run: its tables by time, and what to do. Raise UsageError where the ledger has no such run."""
    wanted = request.path_params["run_id"]
    with request.app.state.desk.look() as look:
        run = next((each for each in last_runs(look, _KEPT) if each.run_id == wanted), None)
        masked = look.moment.masked
    if run is None:
        raise UsageError(f"there is no run {wanted[:60]}", hint="the page Runs lists them")
    found = steps(run)
    given: dict[str, Any] = {"told": _told(run, took(_seconds(run)), None, masked), "steps": found}
    return page(request, "run.html", title=run.run_id, timed=any(step.width for step in found), **given)


def steps(run: Run) -> list[Step]:
    """The tables of a run, in the order in which they were done; runs of releases before say no times."""
    tables = run.tables or []
    whole = max((each.get("after", 0) + each.get("seconds", 0) for each in tables), default=0)
    return [_step(each, whole) for each in tables]


def _step(table: dict[str, Any], whole: float) -> Step:
    after, length = table.get("after", 0), table.get("seconds", 0)
    bar = (round(100 * after / whole, 2), max(round(100 * length / whole, 2), _LEAST)) if whole else (0.0, 0.0)
    return Step(table["name"], table["status"], table["rows"], took(after), took(length), *bar)


def _seconds(run: Run) -> float:
    return ((run.ended_at or datetime.now(UTC).replace(tzinfo=None)) - run.started_at).total_seconds()


def _told(run: Run, text: str, bar: float | None, masked: bool) -> Told:
    built = [each for each in run.tables or [] if each["status"] == "built" or each["rows"]]
    others = [each for each in run.tables or [] if each not in built]
    killed = run.ended_at is None and run.status != "running"
    shown = None if masked and run.reasons else run.reasons
    times = ("", None) if killed else (text, bar)
    return Told(run, _TONES.get(run.status, ""), *times, built, others, shown, helps(run))
