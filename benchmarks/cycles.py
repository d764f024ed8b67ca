"""Cycles of a few events, again and again in one process: whether the last ones cost more than the first.

    python benchmarks/cycles.py [--base 5000] [--cycles 2000] [--events 200] [--folder build]

A warehouse with a day of so many events; then each cycle brings one file of events, as the door would have sealed it.
The machine may be busy with other things: beside its CPU seconds each cycle has those in units of a loop that is timed
before and after it, and these are compared.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from live import LINE, _line, base, events
from marketpulse.live.cycles import Cycles
from marketpulse.run.context import Silent
from marketpulse.settings import Settings

#: Cycles of which each end is made of.
ENDS = 100
LOOP = 200_000


def unit() -> float:
    """CPU seconds of a loop, as the machine is now."""
    began, number = time.thread_time(), 0
    for step in range(LOOP):
        number += step * step % 7
    return time.thread_time() - began


def land(folder: Path, number: int, found: Sequence[Any]) -> None:
    """One segment of events that nobody has seen before."""
    now = datetime.now(UTC)
    target = folder / "landing" / "clickstream" / f"ingest_date={now:%Y-%m-%d}" / f"hour={now:%H}"
    target.mkdir(parents=True, exist_ok=True)
    lines = []
    for place in range(0, len(found), LINE):
        told = json.loads(_line(list(found[place : place + LINE]), now))
        for event in told["batch"]:
            event["messageId"] = str(uuid4())
        lines.append(json.dumps(told, separators=(",", ":")))
    part = target / f".door-{number:06d}.ndjson"
    part.write_text("\n".join(lines) + "\n")
    part.rename(target / part.name[1:])


def cycled(folder: Path, cycles: int, size: int) -> Iterator[dict[str, Any]]:
    """What each cycle cost, and what there is after it."""
    gc.set_threshold(200_000, 50, 50)  # as in the process of the cycles
    live = Cycles(Settings(folder / "landing", folder / "warehouse"), Silent(), shows=False)
    source = events()
    for number in range(cycles):
        land(folder, number, [next(source) for _ in range(size)])
        before = unit()
        done = live.cycle()
        live.rest()
        assert done.exit_code == 0, done.told
        files = [path.stat().st_size for path in (folder / "warehouse").rglob("*") if path.is_file()]
        yield {
            "cycle": number + 1,
            "CPU s": done.cpu_seconds,
            "units": round(done.cpu_seconds / ((before + unit()) / 2), 1),
            "files": len(files),
            "MB": round(sum(files) / 1e6, 1),
            "memory MB": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20,
        }


def main() -> None:
    """Print a line for each cycle, and both ends in the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=5_000)
    parser.add_argument("--cycles", type=int, default=2_000)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=Path("build"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="cycles-", dir=given.folder)).resolve()
    (folder / "landing").mkdir()
    base(folder, given.base)
    found = []
    for line in cycled(folder, given.cycles, given.events):
        found.append(line)
        print(json.dumps(line), flush=True)
    size = min(ENDS, len(found) // 2)
    first, last = (statistics.mean(line["units"] for line in part) for part in (found[:size], found[-size:]))
    print(json.dumps({"first": first, "last": last, "times": round(last / first, 2), "load": os.getloadavg()}))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
