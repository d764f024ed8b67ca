"""Arguments of a job, as Glue gives them: every one is `--key value`, also those that say yes or no."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import NoReturn

from marketpulse.engines.load import ENGINES
from marketpulse.errors import UsageError

STAGES = ("ingest", "silver", "gold", "maintain")
CATALOGS = ("glue", "sql")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_HELP = {
    "environment": "Environment, for logs and reports: dev, stg, prod.",
    "stage": "Part of the flow: " + ", ".join(STAGES) + ".",
    "select": "Tables of the stage, as in marketpulse run --select, separated by commas (default: all).",
    "landing_uri": "Folder or s3:// URI where feeds land.",
    "warehouse_uri": "Folder or s3:// URI of the tables; {layer} is replaced by the layer.",
    "namespace": "Database of a layer in the catalog; {layer} is replaced by the layer.",
    "catalog": "Catalog of the tables: " + ", ".join(CATALOGS) + ".",
    "engine": "What computes: " + ", ".join(ENGINES) + ".",
    "project": "Project folder, or the name of a pack (default: the only pack installed).",
    "full_refresh": "Build the selected tables anew: true or false.",
    "region": "Region of AWS, for every client and executor (default: as the environment says).",
    "erasures": "Folder or s3:// URI of the list of erased people (default: beside a local warehouse).",
    "run_id": "Name of this run, of letters, digits, - and _, shared by its stages; workflow: as Glue names it.",
}


@dataclass(frozen=True)
class JobArguments:
    """What one job was told. `run_id` is the orchestrator's; `ignored` names arguments that are not ours."""

    environment: str
    stage: str
    landing_uri: str
    warehouse_uri: str
    run_id: str
    select: str = ""
    namespace: str = "{layer}"
    catalog: str = "glue"
    engine: str = "spark"
    project: str = ""
    full_refresh: bool = False
    region: str = ""
    erasures: str = ""
    ignored: tuple[str, ...] = ()


_REQUIRED = ("environment", "stage", "landing_uri", "warehouse_uri", "run_id")
KEYS = tuple(f.name for f in fields(JobArguments) if f.name != "ignored")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint="known: " + ", ".join(_flag(key) for key in KEYS))


def parse(argv: Sequence[str], strict: bool = True) -> JobArguments:
    """Read the arguments of a job; an empty value is one that was not given. Raise UsageError.

    Glue hands its own arguments (`--JOB_NAME`, `--enable-metrics`, …) to the script as well: without `strict`
    what is unknown is ignored and named, unless it looks like a misspelt argument of ours.
    """
    parser = _Parser(prog="marketpulse job", allow_abbrev=False, add_help=False)
    for key in KEYS:
        parser.add_argument(_flag(key), help=_HELP[key], required=key in _REQUIRED)
    # Glue's name for a run of a workflow, given to each of its jobs.
    parser.add_argument("--WORKFLOW_RUN_ID", dest="workflow_run_id", help=argparse.SUPPRESS)
    known, rest = parser.parse_known_args(list(argv))
    ignored = tuple(item for item in rest if item.startswith("--"))
    if strict and rest:
        parser.error(f"unknown argument {rest[0]}")
    for name in ignored:
        close = get_close_matches(name, [_flag(key) for key in KEYS], n=1, cutoff=0.8)
        if close:
            raise UsageError(f"unknown argument {name}", hint=f"did you mean {close[0]}?")
    given = {key: value for key, value in vars(known).items() if value}
    workflow = given.pop("workflow_run_id", None)
    if given.get("run_id") == "workflow":
        if workflow is None:
            raise UsageError("--run-id workflow, but no workflow runs this job", hint="give the run a name")
        given["run_id"] = workflow
    return _checked(given, ignored)


def _checked(given: dict[str, str], ignored: tuple[str, ...]) -> JobArguments:
    empty = [_flag(key) for key in _REQUIRED if key not in given]
    if empty:
        raise UsageError(f"{', '.join(empty)} is empty")
    for key, allowed in (("stage", STAGES), ("catalog", CATALOGS), ("engine", ENGINES)):
        _one_of(key, given.get(key), allowed)
    _one_of("full_refresh", given.get("full_refresh"), ("true", "false"))
    if not _RUN_ID.fullmatch(given["run_id"]):
        raise UsageError(f"--run-id is {given['run_id']!r}", hint=_HELP["run_id"])
    full = given.pop("full_refresh", "false") == "true"
    return JobArguments(**given, full_refresh=full, ignored=ignored)


def _one_of(key: str, value: str | None, allowed: Collection[str]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(f"{_flag(key)} is {value!r}", hint="one of " + ", ".join(allowed))


def _flag(key: str) -> str:
    return "--" + key.replace("_", "-")
