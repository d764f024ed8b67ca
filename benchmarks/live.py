"""Live: how long an event that was answered with 200 takes to be in gold, and what waits.

    python benchmarks/live.py [--base 500000] [--rate 500] [--minutes 2] [--folder build]

A warehouse with a day of so many events, then `marketpulse live`, and clients that post batches of ten at a rate.
Each batch has the moment of its answer. The run that brought it to silver says in which cycle it was, whose end is when
it was in gold. Of nothing that was still on its way in the end a time is known: how many that are is told.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from marketpulse import flow
from marketpulse.project.project import load_project
from marketpulse.run.context import Context, open_context
from marketpulse.settings import Settings
from marketpulse_retail.simulate.clients import Post, segment_server
from marketpulse_retail.simulate.posting import Door
from marketpulse_retail.simulate.visitors import Event, visit

BATCH, LINE, WHO = 10, 100, 5_000


def events() -> Iterator[Event]:
    """Visitors one after the other, without end."""
    import random

    chance = random.Random(7)
    while True:
        yield from visit(chance)


def base(folder: Path, number: int) -> None:
    """Land the day so far, as the door would have, and bring it to gold."""
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    source = events()
    target = folder / "landing" / "clickstream" / f"ingest_date={now:%Y-%m-%d}" / f"hour={now:%H}"
    target.mkdir(parents=True)
    with (target / "door-base.ndjson").open("w") as file:
        for done in range(0, number, LINE):
            at = midnight + (now - midnight) * (done / number)
            file.write(_line([next(source) for _ in range(min(LINE, number - done))], at))
    with opened(folder) as context:
        report = flow.run(context, flow.Options())
        assert report.ok, report.reasons


def _line(found: list[Event], at: datetime) -> str:
    (post,) = segment_server(found, "")
    told = json.loads(post.body)
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for event in told["batch"]:
        event["timestamp"] = moment
    sent = {"receivedAt": moment, "collector": {"source": "base"}, "sentAt": moment, "batch": told["batch"]}
    return json.dumps(sent, separators=(",", ":")) + "\n"


def opened(folder: Path) -> Any:
    """The warehouse."""
    settings = Settings(folder / "landing", folder / "warehouse")
    return open_context(settings, load_project(settings.project))


def post(port: int, rate: float, seconds: float, answered: dict[str, float]) -> None:
    """Post batches at a rate; when each event was answered, in seconds since 1970."""
    door, source, began, sent = Door(f"http://127.0.0.1:{port}", 60), events(), time.monotonic(), 0
    while time.monotonic() - began < seconds:
        if sent > (time.monotonic() - began) * rate:
            time.sleep(0.002)
            continue
        (made,) = segment_server([next(source) for _ in range(BATCH)], "")
        body = json.loads(made.body)
        for event in body["batch"]:
            event["messageId"] = str(uuid4())
        door.post(Post(made.path, made.headers, json.dumps(body).encode()))
        moment = time.time()
        answered.update((event["messageId"], moment) for event in body["batch"])
        sent += BATCH


def landed(context: Context, ids: dict[str, float]) -> dict[str, str]:
    """The run that brought each event to silver."""
    table = context.lake.find("silver.clicks")
    assert table
    rows = context.engine.bind("rows", table.types, [file.path for file in table.files()])
    return {name: run for name, run in context.engine.rows(f"select event_id, _batch_id from {rows}") if name in ids}


def measured(folder: Path, rate: float, seconds: float) -> dict[str, Any]:
    """Live for so long, with clients that post; what was seen."""
    command = [sys.executable, "-m", "marketpulse", "live", "--json", "--port", "0"]
    places = ["--landing", str(folder / "landing"), "--warehouse", str(folder / "warehouse")]
    cycles: list[dict[str, Any]] = []
    answered: dict[str, float] = {}
    with subprocess.Popen([*command, *places], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "opened":
                port = int(event["url"].rpartition(":")[2])
                poster = threading.Thread(target=post, args=(port, rate, seconds, answered))
                poster.start()
            elif event["event"] == "cycle":
                cycles.append(event)
                if not poster.is_alive() and len(cycles) > 2 and not event["records"]:
                    process.send_signal(signal.SIGINT)
            elif event["event"] in ("error", "died"):
                print(event, file=sys.stderr)
    return figures(folder, cycles, answered)


def figures(folder: Path, cycles: list[dict[str, Any]], answered: dict[str, float]) -> dict[str, Any]:
    """Seconds from the answer to gold, and what a cycle cost."""
    with opened(folder) as context:
        runs = landed(context, answered)
    ended = {cycle["run_id"]: datetime.fromisoformat(cycle["at"]).timestamp() for cycle in cycles}
    took = sorted(ended[runs[name]] - moment for name, moment in answered.items() if runs.get(name) in ended)
    worked = [cycle for cycle in cycles if cycle["records"]]
    found = {f"p{share}": round(took[min(len(took) * share // 100, len(took) - 1)], 2) for share in (50, 95, 99)}
    return {
        "events": len(answered),
        "in gold": len(took),
        **found,
        "cycles": len(worked),
        "CPU s a cycle": round(sum(cycle["cpu_seconds"] for cycle in worked) / len(worked), 2),
        "s a cycle": round(sum(cycle["seconds"] for cycle in worked) / len(worked), 2),
        "events a cycle": round(sum(cycle["records"] for cycle in worked) / len(worked)),
        "segments waiting, most": max(cycle["waiting"] for cycle in worked),
    }


def main() -> None:
    """Print the figures as JSON, with the load of the machine beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=500_000)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--folder", type=Path, default=Path("build"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="live-", dir=given.folder)).resolve()
    (folder / "landing").mkdir()
    began = time.process_time()
    base(folder, given.base)
    told = {"base": given.base, "rate": given.rate, "base CPU s": round(time.process_time() - began, 1)}
    found = measured(folder, given.rate, given.minutes * 60)
    print(json.dumps({**told, **found, "load average": os.getloadavg()}, indent=2))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
