"""Run one stage: open the warehouse as the arguments say, do the work, write the report, answer with an exit code."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from marketpulse import flow
from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.jobs.arguments import JobArguments, parse
from marketpulse.privacy import retention
from marketpulse.project.project import load_project
from marketpulse.run.context import Context, open_context
from marketpulse.run.log import JsonLog
from marketpulse.run.report import RunReport
from marketpulse.settings import CLOUD_CATALOG, Settings, load_settings
from marketpulse.storage import places as storage
from marketpulse.upkeep.maintain import Policy, maintain


def main(argv: Sequence[str], strict: bool = True) -> int:
    """Run the job `argv` describes; 0 done, 1 the data failed a gate, 2 wrong arguments, definitions or storage.

    Without `strict` arguments that are not ours are ignored (`arguments.parse`).
    """
    log = JsonLog({})
    try:
        arguments = parse(argv, strict)
        log = JsonLog({"environment": arguments.environment, "stage": arguments.stage, "run_id": arguments.run_id})
        return _run(arguments, log)
    except MarketPulseError as error:
        log.failed(error)
        return error.exit_code


def _run(arguments: JobArguments, log: JsonLog) -> int:
    log.say("job started", arguments=asdict(arguments))
    be_in(arguments.region)
    settings = settings_of(arguments)
    settings.be_private()
    project = load_project(settings.project)
    with open_context(settings, project, log, arguments.run_id) as context:
        report: dict[str, Any] = {
            "run_id": arguments.run_id,
            "batch_id": context.run_id,
            "started_at": context.started_text,
        }
        report |= {"arguments": asdict(arguments), "exit_code": 2}
        try:
            work = _maintained if arguments.stage == "maintain" else _built
            report |= work(context, arguments, log)
        except MarketPulseError as error:
            report |= {"exit_code": error.exit_code, "error": str(error)}
            log.failed(error)
        finally:
            # Whatever else ends the work ends the job too; its report says 2 and no more.
            place = f"{settings.layout.reports()}/{arguments.run_id}/{arguments.stage}-{context.run_id}.json"
            with storage.readable_errors(place):
                storage.write_text(place, json.dumps(report, indent=1, default=str, ensure_ascii=False) + "\n")
    code = int(report["exit_code"])
    log.say("job finished", "ERROR" if code else "INFO", exit_code=code, report=place)
    return code


def be_in(region: str) -> None:
    """Tell every client of this process the region, by both names: each reads one of them only."""
    if region:
        os.environ.update(AWS_REGION=region, AWS_DEFAULT_REGION=region)


def settings_of(arguments: JobArguments) -> Settings:
    """Settings of a job: its arguments over file and environment (memory, threads and the like). Raise UsageError."""
    catalog = {"py-catalog-impl": CLOUD_CATALOG} if arguments.catalog == "glue" else {}
    settings = load_settings(
        landing=arguments.landing_uri,
        warehouse=arguments.warehouse_uri,
        namespace=arguments.namespace,
        engine=arguments.engine,
        project=Path(arguments.project) if arguments.project else None,
        catalog=catalog or None,
        erasures=arguments.erasures or None,
    )
    if arguments.catalog == "sql" and settings.remote and not settings.catalog:
        raise UsageError("--catalog sql is a file inside a local warehouse", hint="--catalog glue for s3://")
    return settings


def _built(context: Context, arguments: JobArguments, log: JsonLog) -> dict[str, Any]:
    select = [item for item in arguments.select.split(",") if item]
    options = flow.Options(select, arguments.full_refresh, stages=frozenset({arguments.stage}))
    report: RunReport = flow.run(context, options)
    log.tell(report)
    return asdict(report) | {"run_id": arguments.run_id, "exit_code": report.exit_code}


def _maintained(context: Context, arguments: JobArguments, log: JsonLog) -> dict[str, Any]:
    """What is older than `keep` says goes first, unless tables are selected; then all is brought into shape."""
    names = [item for item in arguments.select.split(",") if item] or None
    old = retention.Retention() if names else retention.keep(context)
    for trace in old.tables:
        log.say("forgotten", table=trace.table, rows=trace.rows)
    for table, why in old.waits.items():
        log.say("error", "ERROR", kind="Retention", message=f"{table} waits: {why}", where=table)
    done = maintain(context, Policy(), names)
    code = 2 if any(table.problem for table in done) else 1 if old.waits else 0
    return {"maintained": [asdict(table) for table in done], "kept": asdict(old), "exit_code": code}
