"""Which runs there were: what the run ledger says, and the locks of runs that it has yet to be told of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketpulse.names import FLOW_RUNS
from marketpulse.run import locks
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Run:
    """One run; times are UTC. `status` is done, blocked, failed or killed, or running while it is.

    `tables` has name, status and rows of each that was not up to date, `rows` counts all that were committed.
    Of a run that was killed or still runs both are unknown.
    """

    run_id: str
    started_at: datetime
    ended_at: datetime | None
    host: str
    version: str
    status: str
    tables: list[dict[str, Any]]
    rows: int | None
    reasons: list[str]


def runs(context: Context, last: int) -> list[Run]:
    """The last runs, newest first."""
    told = [_run(row) for row in _ledger(context, last)]
    known = {run.run_id for run in told}
    now = {"status": "running", "ended_at": None, "tables": None, "rows": None, "reasons": "[]"}
    untold = [_run(found.row | (now if found.alive else {})) for found in locks.found(context.settings.scratch)]
    found = [*told, *(run for run in untold if run.run_id not in known)]
    return sorted(found, key=lambda run: (run.started_at, run.run_id), reverse=True)[:last]


def _ledger(context: Context, last: int) -> list[dict[str, Any]]:
    table = context.lake.find(FLOW_RUNS)
    if table is None:
        return []
    engine = context.engine.local
    ledger = engine.bind("flow_runs", table.types, [file.path for file in table.files()])
    rows = engine.rows(f"select * from {ledger} order by started_at desc, run_id desc limit {last}")
    return [dict(zip(table.types, row, strict=True)) for row in rows]


def _run(row: Mapping[str, Any]) -> Run:
    """The row of a table or of a lock."""
    moments = {name: _moment(row[name]) for name in ("started_at", "ended_at")}
    told = {"tables": json.loads(row["tables"] or "[]"), "reasons": json.loads(row["reasons"])}
    return Run(**{name: row[name] for name in Run.__dataclass_fields__} | moments | told)


def _moment(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
