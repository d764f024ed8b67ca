"""Kill a run, run again to the end, and compare every table with a run that nobody disturbed."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from tests.command import ROOT, is_killed, places
from tests.shop import MiniShop
from tests.tables import everything


class Victim:
    """A shop whose runs are killed, and its twin over the same landing zone that nobody disturbs."""

    def __init__(self, shop: MiniShop, aside: Collection[str] = ()) -> None:
        self.shop = shop
        self.aside = aside
        self.twin = type(shop)(shop.root / "twin")
        self.twin.project_dir = shop.project_dir
        self.twin.settings = replace(shop.settings, warehouse=shop.root / "twin/warehouse")
        self.kills = 0

    def wave(self, land: Callable[[MiniShop], None]) -> None:
        """Land more files and remember the warehouse as it is before them."""
        land(self.shop)
        self.twin.run()
        self.expected = everything(self.twin, self.aside)
        shutil.rmtree(self._backup, ignore_errors=True)
        if self._warehouse.exists():
            shutil.copytree(self._warehouse, self._backup)

    def killed_at(self, number: int, moment: str) -> bool:
        """Kill a run at its n-th commit; False when it has not so many commits."""
        self._restore()
        return self.killed_at_next(number, moment)

    def killed_at_next(self, number: int, moment: str) -> bool:
        """Kill a run at its n-th commit, on top of what the last one left."""
        return self._buried(is_killed(self.shop, number, moment))

    def killed_after(self, seconds: float) -> bool:
        """Kill a run after so many seconds; False when it was over by then."""
        self._restore()
        process = subprocess.Popen(
            [sys.executable, "-m", "marketpulse", "run", "--json"],
            cwd=ROOT, env=places(self.shop), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(seconds)
        process.kill()
        code = process.wait()
        assert code in (0, -signal.SIGKILL)
        return self._buried(code != 0)

    def recovers(self) -> None:
        """Run to the end: every table is as if nothing had happened, and no scratch is left."""
        assert self.shop.run().ok
        found = everything(self.shop, self.aside)
        assert found.keys() == self.expected.keys()
        for name, rows in self.expected.items():
            assert found[name] == rows, name
        assert list((self._warehouse / ".scratch").iterdir()) == []
        assert {table.status for table in self.shop.run().tables} == {"up to date"}

    @property
    def _warehouse(self) -> Path:
        return self.shop.settings.warehouse

    @property
    def _backup(self) -> Path:
        return self.shop.root / "backup"

    def _restore(self) -> None:
        shutil.rmtree(self._warehouse, ignore_errors=True)
        if self._backup.exists():
            shutil.copytree(self._backup, self._warehouse)

    def _buried(self, killed: bool) -> bool:
        self.kills += killed
        return killed


def first_wave(shop: MiniShop) -> None:
    """A day of sales and clicks, some of them wrong."""
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{1 + n % 3},{n % 8},1" for n in range(40)])
    shop.land(
        "clicks/d1.json", "".join(f'{{"id":"c{n}","ts":"2026-01-01T00:00:{n:02d}Z"}}\n' for n in range(9)) + "?\n"
    )


def second_wave(shop: MiniShop) -> None:
    """Corrections, duplicates, the same file again, new rejects."""
    path = shop.land_sales("2026-01-02", *[f"{n},2026-01-0{2 + n % 3},{n % 9},2" for n in range(30, 60)])
    shop.land("sales/ingest_date=2026-01-03/copy.csv", path.read_bytes())
    shop.land_sales("2026-01-04", "1,2026-01-09,7,7", "x,2026-01-09,one,7", "2,2026-01-01,5,1", *["skip,,,"] * 9)
    shop.land(
        "clicks/d2.json", '{"batch":[{"id":"c1","ts":"2026-01-01T00:00:00Z"},{"id":"d","ts":"2026-01-02T00:00:00Z"}]}\n'
    )


def third_wave(shop: MiniShop) -> None:
    """One feed only, and a file that was sent again with other content."""
    shop.land_sales("2026-01-05", "3,2026-01-01,3,3", "4,2026-01-05,4,4")
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{1 + n % 3},{n % 7 + 1},1" for n in range(40)])
