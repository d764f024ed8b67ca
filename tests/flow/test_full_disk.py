"""A disk that is full or read-only: a clear error, nothing half-done, and the next run ends right."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.command import marketpulse
from tests.shop import MiniShop
from tests.tables import tables


def remount(disk: Path, *options: str) -> bool:
    found = subprocess.run(["mount", *options, str(disk)], capture_output=True, check=False)
    return found.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that can be made smaller, larger and read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not remount(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        pytest.skip("NOT TESTED: no disk of its own can be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_disk(shop: MiniShop, disk: Path) -> MiniShop:
    """A shop with files to load whose warehouse lies on that disk."""
    shop.settings = replace(shop.settings, warehouse=disk / "warehouse")
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{1 + n % 5},{n % 20},1" for n in range(100)])
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')
    return shop


@pytest.mark.parametrize("kilobytes", [32, 160, 300])
def test_a_full_disk_is_said_and_the_next_run_with_space_ends_right(
    on_disk: MiniShop, disk: Path, tmp_path: Path, kilobytes: int
) -> None:
    assert remount(disk, "-o", f"remount,size={kilobytes}k")
    full = marketpulse(on_disk, "run")
    assert (full.returncode, "Traceback" in full.stderr) == (2, False), full.stderr
    assert "hint free some disk space" in full.stderr
    assert remount(disk, "-o", "remount,size=64m")
    again = marketpulse(on_disk, "run")
    assert again.returncode == 0, again.stderr
    undisturbed = MiniShop(tmp_path / "undisturbed")
    undisturbed.settings = replace(undisturbed.settings, landing=on_disk.landing)
    undisturbed.run()
    assert tables(on_disk) == tables(undisturbed)


def test_a_read_only_warehouse_is_said(on_disk: MiniShop, disk: Path) -> None:
    assert marketpulse(on_disk, "run").returncode == 0
    on_disk.land_sales("2026-01-02", "500,2026-01-01,1,1")
    assert remount(disk, "-o", "remount,ro")
    refused = marketpulse(on_disk, "run")
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert "Read-only file system" in refused.stderr
    assert remount(disk, "-o", "remount,rw")
    assert marketpulse(on_disk, "run").returncode == 0
    assert "500" in [row[0] for row in on_disk.rows("silver.sales")]


def test_files_that_may_not_grow_are_said(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n * 7919},2026-01-01,{n % 20},{n}" for n in range(20_000)])
    limit = (60_000, 60_000)
    refused = marketpulse(shop, "run", first=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit))
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert "File too large" in refused.stderr
    assert marketpulse(shop, "run").returncode == 0
