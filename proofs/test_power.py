"""The power is cut at any moment: the warehouse opens, has what was done, and goes on to the same end.

The warehouse lies on an ext4 image that is mounted over a loop device. What the image file holds at a moment is what a
disk would have had. Needs root and loop devices.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.shop import MiniShop

MOMENTS = int(os.environ.get("POWER_CUTS", "200"))
_WRITER = """
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, {root!r})
from proofs.test_power import load
work = Path({work!r})
for number in count():
    if (work / "enough").exists():
        break
    load(work, number)
"""


def load(work: Path, number: int) -> None:
    """One day's load, and, once it is done, a line that says so."""
    shop = opened(work)
    day = (date(2026, 1, 1) + timedelta(number)).isoformat()
    rows = [f"{number}-{n},{day},{n % 10},1.5" for n in range(50)]
    shop.land_sales(day, *rows, name=f"{number}.csv")
    shop.land(f"clicks/{number}.ndjson", f'{{"id": "c{number}", "ts": "{day}T10:00:00", "name": "x"}}\n')
    assert shop.run().ok
    with (work / "done").open("a") as log:
        log.write(f"{number}\n")


def opened(work: Path) -> MiniShop:
    """The shop, with the settings of the proof."""
    if not (work / "project").is_dir():
        shop = MiniShop(work)
    else:
        (work / "landing").rename(work / "landing-kept")
        shop = MiniShop(work)
        shutil.rmtree(work / "landing")
        (work / "landing-kept").rename(work / "landing")
    shop.settings = replace(shop.settings, warehouse=work / "disk" / "warehouse")
    return shop


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        pytest.skip("NOT PROVEN: a power cut needs root and mkfs.ext4")
    image = tmp_path / "disk.img"
    (tmp_path / "disk").mkdir()
    with image.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(tmp_path / "disk")], check=False).returncode:
        pytest.skip("NOT PROVEN: a power cut needs loop devices")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", str(tmp_path / "disk")], check=False)


def cut(work: Path, moments: int) -> list[tuple[Path, int]]:
    """Images as they were at random moments while loads ran, and how many loads were done by then."""
    script = _WRITER.format(root=str(Path(__file__).parents[1]), work=str(work))
    writer = subprocess.Popen([sys.executable, "-c", script])
    dice = random.Random(11)
    taken: list[tuple[Path, int]] = []
    while not (work / "disk" / "warehouse").is_dir():  # a cut before there is anything proves nothing
        assert writer.poll() is None
        time.sleep(0.01)
    while len(taken) < moments:
        assert writer.poll() is None, "the writer must write as long as cuts are made"
        time.sleep(dice.uniform(0, 0.12))
        # The writer holds its breath: what it asked to be flushed so far is all that there can be.
        writer.send_signal(signal.SIGSTOP)
        done = len((work / "done").read_text().splitlines()) if (work / "done").is_file() else 0
        copy = work / f"cut-{len(taken):03d}.img"
        subprocess.run(["cp", "--sparse=always", str(work / "disk.img"), str(copy)], check=True)
        writer.send_signal(signal.SIGCONT)
        taken.append((copy, done))
    (work / "enough").touch()
    assert writer.wait() == 0
    return taken


def test_after_a_power_cut_everything_that_was_done_is_there(work: Path) -> None:
    taken = cut(work, MOMENTS)
    shop = opened(work)
    tables = ("silver.sales", "silver.clicks", "silver.quarantine", "gold.agg_daily", "gold.mart_total")
    whole = {name: len(shop.rows(name)) for name in tables}
    totals = shop.rows("gold.mart_total")
    for image, done in taken:
        subprocess.run(["umount", "-l", str(work / "disk")], check=True)
        subprocess.run(["mount", "-o", "loop", str(image), str(work / "disk")], check=True)
        kept = {row[0].split("-")[0] for row in shop.rows("silver.sales")}
        assert {str(number) for number in range(done)} <= kept, (image.name, done)
        assert shop.run().ok, image.name
        assert {name: len(shop.rows(name)) for name in tables} == whole, image.name
        assert shop.rows("gold.mart_total") == totals, image.name
        image.unlink()
    print(f"{len(taken)} power cuts survived")
