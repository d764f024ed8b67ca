"""Everybody who does something in the town, each again and again: tills, browsers, readers, upkeep, and who kills."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.command import places
from tests.live.process import children

from proofs.soaking.town import Town

#: Options of everybody who waits for a table.
WAITS = ("--wait", "5m")
STATE = """
select (select count(*) from silver.sales) as lines, (select sum(line_count) from gold.agg_daily) as counted,
    (select count(*) from silver.clicks) as clicks, (select sum(click_count) from gold.mart_total) as clicks_counted
"""


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Actors:
    """All that goes on at once until `over`. What was wrong is in `wrong`, what was done is counted in `done`."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.port = free_port()
        self.over = threading.Event()
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.living: dict[str, subprocess.Popen[str]] = {}
        self._threads: list[threading.Thread] = []

    def begin(self, name: str, least: float, most: float, act: Callable[[random.Random], None]) -> None:
        """Somebody who acts again and again, with rests of `least` to `most` seconds."""
        chance = random.Random(f"{self.town.seed} {name}")

        def again() -> None:
            while not self.over.wait(chance.uniform(least, most)):
                try:
                    act(chance)
                except Exception as error:  # noqa: BLE001 - told in the end, as what it is: a fault of the proof
                    self.wrong.append(f"{name}: {error!r}")

        self._threads.append(threading.Thread(target=again, name=name))
        self._threads[-1].start()

    def end(self) -> None:
        """Everybody goes home."""
        self.over.set()
        for thread in self._threads:
            thread.join()

    def post(self, chance: random.Random) -> None:
        """A browser posts a batch; a door that is away or dies leaves it without an answer."""
        batch = self.town.clicks(chance)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/v1/batch", json.dumps({"batch": batch}))
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            self.done["posts without an answer"] += 1
            return
        finally:
            connection.close()
        if status == 200:
            self.town.answered(batch)
        self.done[f"posts answered {status}"] += 1

    def till(self, chance: random.Random) -> None:
        """A till sends a file."""
        self.town.till(chance)
        self.done["files"] += 1

    def live(self, chance: random.Random) -> None:
        """`live`, again whenever it ended."""
        more = ["--port", str(self.port), "--every", "0.5", "--seal-seconds", f"{chance.uniform(0.2, 1.5):.1f}"]
        self.command("live", *more, *WAITS, fine=(0, 1, 2))

    def look(self, _: random.Random) -> None:
        """A reader sees one state: what is counted in gold is what silver holds. At first there are no tables."""
        fine = (0,) if self.done["query, exit 0"] else (0, 2)
        code, out = self.command("query", STATE, "--format", "json", fine=fine)
        if code == 0:
            (row,) = json.loads(out)
            lines, counted, clicks, also = (int(each or 0) for each in row.values())
            if (lines, clicks) != (counted, also):
                self.wrong.append(f"a reader saw two states: {row}")

    def upkeep(self, _: random.Random) -> None:
        """Upkeep beside the cycles."""
        self.command("maintain", "--snapshot-hours", "0.05", "--keep", "3", *WAITS, fine=(0, 1, 2))

    def run(self, chance: random.Random) -> None:
        """Somebody else runs the flow; now and then with `--full-refresh`."""
        self.command("run", *(["--full-refresh"] if chance.random() < 0.2 else []), *WAITS, fine=(0, 1, 2))

    def forget(self, chance: random.Random) -> None:
        """Somebody is forgotten. What is killed meanwhile is finished in the end."""
        if name := self.town.forgets(chance):
            self.command("erase", "buyer", name, "--reason", "asked for", "--yes", *WAITS, fine=(0, 1, 2))

    def kill(self, chance: random.Random) -> None:
        """Kill one of the processes that live now, or a child of `live`."""
        pids = [(name, process.pid) for name, process in list(self.living.items()) if process.poll() is None]
        for name, pid in list(pids):
            with suppress(FileNotFoundError):
                pids += [(f"child of {name}", child) for child in children(pid)]
        if pids:
            name, pid = chance.choice(pids)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.done[f"kills of {name}"] += 1

    def command(self, name: str, *arguments: str, fine: Sequence[int] = (0,)) -> tuple[int, str]:
        """Run a command to its end, or until it is killed, or everything is over."""
        process = subprocess.Popen(
            [sys.executable, "-m", "marketpulse", name, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=places(self.town.shop) | {"MARKETPULSE_QUERY_SECONDS": "30"}, cwd=self.town.shop.root,
        )  # fmt: skip
        self.living[name] = process
        threading.Thread(target=self._ends, args=(name, process), daemon=True).start()
        out, err = process.communicate()
        del self.living[name]
        said = err.strip().splitlines()
        if process.returncode not in (*fine, -signal.SIGKILL) or "Traceback" in err:
            self.wrong.append(f"{name} {' '.join(arguments[:2])} ended with {process.returncode}: {said[-8:]}")
        self.done[f"{name}, exit {process.returncode}"] += 1
        return process.returncode, out

    def _ends(self, name: str, process: subprocess.Popen[str]) -> None:
        self.over.wait()
        if name == "live" and process.poll() is None:
            process.send_signal(signal.SIGINT)


class Gauge:
    """What the town uses: memory of the door and the worker, open files of that, files and bytes of the warehouse."""

    def __init__(self, actors: Actors) -> None:
        self._actors = actors
        self.seen: list[dict[str, int]] = []
        self._began = time.monotonic()

    def look(self, _: random.Random) -> None:
        """One look."""
        live = self._actors.living.get("live")
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            door, worker = sorted(children(live.pid) if live else [], key=_is_worker)
            self.seen.append({"seconds": round(time.monotonic() - self._began)} | self._sizes(door, worker))

    def _sizes(self, door: int, worker: int) -> dict[str, int]:
        warehouse = self._actors.town.shop.settings.warehouse
        files = [path.stat().st_size for path in warehouse.rglob("*") if path.is_file()]
        memory = {"door MB": _megabytes(door), "worker MB": _megabytes(worker)}
        opened = sum(1 for _ in Path(f"/proc/{worker}/fd").iterdir())
        return memory | {"open files": opened, "files": len(files), "MB": sum(files) >> 20}

    def most(self, name: str, first: float, last: float) -> int:
        """The most of something between two shares of the time."""
        end = self.seen[-1]["seconds"]
        return max(each[name] for each in self.seen if first * end <= each["seconds"] <= last * end)


def _is_worker(pid: int) -> bool:
    return b"collect" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def _megabytes(pid: int) -> int:
    """Memory of a process. Raise ProcessLookupError for one that has died and that nobody has waited for yet."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) >> 10
    raise ProcessLookupError(pid)
