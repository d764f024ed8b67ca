"""Why a table was not built by the run that tried last, for whoever is on call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketpulse.console.attention import last_runs
from marketpulse.console.runbook import helps
from marketpulse.serving.desk import Look
from marketpulse.serving.runs import Run

#: Runs in which the last try of a table is looked for.
_KEPT = 200
_WRONG = ("blocked", "failed", "skipped")


@dataclass(frozen=True)
class Stopped:
    """The run that tried last, what became of the table, why, and the part of the runbook that helps.

    `reasons` is None where they may show keys of rows to who may not see them; empty for a table that was skipped, as
    it is not itself that is wrong.
    """

    run: Run
    status: str
    reasons: Sequence[str] | None
    helps: str | None


def stopped(look: Look, table: str) -> Stopped | None:
    """What kept a table from being built the last time that a run tried; None where it was built, or never tried."""
    tries = ((run, each) for run in last_runs(look, _KEPT) for each in run.tables or [] if each["name"] == table)
    run, told = next(tries, (None, {}))
    if run is None or told["status"] not in _WRONG:
        return None
    reasons = [reason for reason in run.reasons if reason.startswith(f"{table}: ")]
    shown = None if look.moment.masked and reasons else reasons
    return Stopped(run, told["status"], shown, helps(replace(run, reasons=reasons or run.reasons)))
