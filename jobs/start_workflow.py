"""Lambda between the queue of arrivals and the Glue workflow: each message is followed by a run that began after it.

A message says that a file landed, or that it is time. It is done with when a run began after it was sent, since that
run looks at landing later still. While a run or a backfill is on, or the last run began too short a time ago, the
message goes back to the queue and comes again: so no file of a burst is forgotten, and however many land, one run takes
them. Needs boto3 and the standard library only.
"""

from __future__ import annotations

import json
import os
import time
from datetime import datetime, timezone
from typing import Any

ON = {"RUNNING", "STOPPING"}


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Take a batch of messages; the answer names those that must come again."""
    import boto3

    again = waiting(
        boto3.client("glue"),
        event["Records"],
        os.environ["WORKFLOW"],
        os.environ["BACKFILL"],
        60 * float(os.environ["MINUTES"]),
    )
    return {"batchItemFailures": [{"itemIdentifier": each} for each in again]}


def waiting(glue: Any, records: list[dict[str, Any]], workflow: str, backfill: str, pause: float) -> list[str]:
    """Start the workflow if that is due; ids of the messages that no run has begun after.

    Raise what AWS refuses, other than a run too many: all messages come again then, and the function counts as failed.
    """
    last = last_run(glue, workflow)
    began = last["StartedOn"].timestamp() if last else 0.0
    new = [each["messageId"] for each in records if sent(each) > began]
    if not new:
        say("followed by a run", messages=len(records), began=began)
        return []
    if is_on(last) or is_on(last_run(glue, backfill)) or (last and time.time() < began + pause):
        say("not yet", messages=len(new))
        return new
    try:
        started = glue.start_workflow_run(Name=workflow)
    except glue.exceptions.ConcurrentRunsExceededException:
        say("not yet", messages=len(new))
        return new
    say("started", run_id=started["RunId"], messages=len(new))
    return []


def last_run(glue: Any, workflow: str) -> dict[str, Any] | None:
    """The newest run of a workflow, if it ever ran."""
    found: dict[str, Any] | None = glue.get_workflow(Name=workflow)["Workflow"].get("LastRun")
    return found


def is_on(run: dict[str, Any] | None) -> bool:
    """Whether the run is still at work."""
    return run is not None and run["Status"] in ON


def sent(record: dict[str, Any]) -> float:
    """When the message came to the queue, in seconds."""
    return int(record["attributes"]["SentTimestamp"]) / 1000


def say(event: str, **values: Any) -> None:
    """One JSON line, as every job writes them."""
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: UP017 - as the other scripts of jobs/
    print(json.dumps({"time": moment, "level": "INFO", "event": event, "stage": "start", **values}), flush=True)
