"""The run ledger `bronze.flow_runs`: when the flow ran, what it built, what went wrong. People read it, the flow never.

A run says in its own lock what the ledger would have to be told if it ended now: first that it was killed, in the
end what became of it. Whoever writes the ledger next writes down what it finds in the locks of the dead.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from marketpulse.errors import MarketPulseError
from marketpulse.lake.table import LakeTable
from marketpulse.names import FLOW_RUNS
from marketpulse.project.owned import owned
from marketpulse.run import locks
from marketpulse.run.append import append
from marketpulse.run.context import Context, again
from marketpulse.run.publish import news
from marketpulse.run.report import RunReport
from marketpulse.version import __version__

_MOST_REASONS, _LONGEST_REASON = 20, 500
_KEPT_SNAPSHOTS = 20
Row = dict[str, Any]


@contextmanager
def recorded(context: Context, report: RunReport) -> Iterator[None]:
    """Write down what becomes of a run, however it ends; a run that found nothing to do is not written down.

    That it could not be written changes nothing for the run: `report.unrecorded`, or a note of what the run
    raised, says so.
    """
    # Where the lock cannot be written, the ledger most likely cannot either: that is told in the end.
    _problem(lambda: context.alive.say(_row(context, "killed", reasons=["the process ended before the run did"])))
    try:
        yield
    except BaseException as error:  # also when a person stops it
        row = _row(context, "failed", report, [*report.reasons, _said(error)])
        if problem := _problem(lambda: _write(context, row, None)):
            error.add_note(problem)
        raise
    report.unrecorded = _problem(lambda: _write(context, _outcome(context, report), report))


def redact(context: Context, text: Callable[[str], str]) -> None:
    """Write the reasons of all runs anew, each as `text` makes it; nothing where that changes none."""
    with context.lock(FLOW_RUNS), context.engine.local.scope():
        table = context.lake.find(FLOW_RUNS)
        if table is None:
            return
        engine = context.engine.local
        files = table.files()
        runs = engine.bind("runs", table.types, [file.path for file in files])
        rows = [dict(zip(table.types, row, strict=True)) for row in engine.rows(f"select * from {runs}")]
        new = [{**row, "reasons": text(str(row["reasons"]))} for row in rows]
        if new != rows:
            append(context, table, new, [], drop=files)


def _outcome(context: Context, report: RunReport) -> Row | None:
    """The row of a run that came to its end; None when there was nothing to do."""
    if not _tables(context, report) and report.ok:
        return None
    found = {table.status for table in report.tables}
    found |= {"blocked" for feed in report.feeds if feed.blocked or feed.is_late}
    status = next((each for each in ("failed", "blocked") if each in found), "done")
    return _row(context, status, report, report.reasons)


def _row(context: Context, status: str, report: RunReport | None = None, reasons: list[str] | None = None) -> Row:
    """A row of the ledger. Without a report nobody saw the run end."""
    written = (
        [table.rows_written for table in report.tables] + [feed.records for feed in report.feeds] if report else []
    )
    return {
        "run_id": context.run_id,
        "started_at": context.started_text,
        "ended_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if report else None,
        "host": platform.node(),
        "version": __version__,
        "status": status,
        "tables": _json(_tables(context, report)) if report else None,
        "rows": sum(written) if report else None,
        "reasons": _json(_short(reasons or [])),
    }


def _tables(context: Context, report: RunReport) -> list[Row]:
    """What was not up to date, feeds first, as it was done: `after` so many seconds of work it took so many."""
    sources = context.project.sources
    done: list[Row] = []
    after = 0.0
    for f in report.feeds:
        if f.files or f.duplicates or f.blocked:
            told = {"name": sources[f.source].table, "status": "blocked" if f.blocked else "built", "rows": f.records}
            done.append(told | _times(after, f.seconds))
        after += f.seconds
    for table in report.tables:
        if table.status != "up to date":
            told = {"name": table.name, "status": table.status, "rows": table.rows_written}
            done.append(told | _times(after, table.seconds))
        after += table.seconds
    return done


def _times(after: float, seconds: float) -> Row:
    return {"after": round(after, 3), "seconds": round(seconds, 3)}


def _said(error: BaseException) -> str:
    """What ended a run early, in a sentence."""
    if isinstance(error, MarketPulseError):
        return str(error)
    return "stopped by hand" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"


def _short(reasons: list[str]) -> list[str]:
    """As much of them as keeps the row small when a run fails every few minutes for days."""
    more = [f"and {len(reasons) - _MOST_REASONS:,} more"] if len(reasons) > _MOST_REASONS else []
    return [reason[:_LONGEST_REASON] for reason in reasons[:_MOST_REASONS]] + more


def _json(value: list[Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _problem(step: Callable[[], None]) -> str | None:
    """Why a step could not be done; None when it was."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - whatever it is, the run stands as it ended, and a person is told
        return f"the run ledger was not written: {error}"
    return None


def _write(context: Context, row: Row | None, report: RunReport | None) -> None:
    """Write down this run, if there is anything to say of it, and those that died without a row.

    The same commit tells readers of the state that the run came to, unless it did not come to its end (no `report`).
    """
    context.alive.say(row)
    if row or _dead(context) or _news(context, report):
        again(lambda: _add(context, row, report))
    context.alive.say(None)


def _news(context: Context, report: RunReport | None) -> dict[str, str]:
    """What readers are to be told."""
    if report is None:
        return {}
    built = [table.name for table in report.tables if table.status in ("built", "up to date")]
    return news(context, built, feeds=bool(report.feeds))


def _add(context: Context, row: Row | None, report: RunReport | None) -> None:
    with context.lock(FLOW_RUNS):
        table = _trimmed(context.lake.ensure(FLOW_RUNS, owned()[FLOW_RUNS].types, said=owned()[FLOW_RUNS].said))
        dead = _dead(context)
        # A run that died between its commit and its last word is in the ledger already.
        known = _known(context, table) if dead else set()
        rows = [each for each in (*dead, *([row] if row else [])) if each["run_id"] not in known]
        state = _news(context, report)
        if rows:
            append(context, table, [{c: each.get(c) for c in table.types} for each in rows], table.files(), state)
        elif state:
            context.lake.commit(table, [], [], state, {})
        for each in dead:
            locks.forget(context.settings.scratch, each["run_id"])


def _trimmed(table: LakeTable) -> LakeTable:
    """The ledger without old snapshots: nobody reads them, and each commit writes the list of all of them anew."""
    old = [entry[0] for entry in table.snapshots()[:-_KEPT_SNAPSHOTS]]
    if len(old) < _KEPT_SNAPSHOTS:
        return table
    table.expire(old)
    return LakeTable(table.name, table.iceberg.refresh())


def _dead(context: Context) -> list[Row]:
    return [found.row for found in locks.found(context.settings.scratch) if not found.alive]


def _known(context: Context, table: LakeTable) -> set[str]:
    engine = context.engine.local
    with engine.scope():
        known = engine.bind("runs_known", {"run_id": "string"}, [file.path for file in table.files()])
        return {row[0] for row in engine.rows(f"select run_id from {known}")}
