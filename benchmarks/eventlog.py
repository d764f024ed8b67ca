"""What Spark says of its own work: bytes shuffled and spilled, from its event log (a JSON object a line)."""

from __future__ import annotations

import json
from pathlib import Path


def settings(folder: Path) -> str:
    """Value of MARKETPULSE_SPARK that makes a run write its log into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return json.dumps({"spark.eventLog.enabled": "true", "spark.eventLog.dir": folder.resolve().as_uri()})


def shuffled(folder: Path) -> tuple[int, int, int]:
    """(bytes written to shuffles, bytes spilled to disk, tasks) of the logs in `folder`."""
    written = spilled = tasks = 0
    for path in folder.iterdir():
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event["Event"] != "SparkListenerTaskEnd" or "Task Metrics" not in event:
                continue
            found = event["Task Metrics"]
            tasks += 1
            spilled += found["Disk Bytes Spilled"]
            written += found["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    return written, spilled, tasks
