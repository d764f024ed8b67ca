"""What we write is for its owner alone, and who may only read the warehouse can ask it."""

from __future__ import annotations

import ctypes
import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.settings import load_settings
from tests.command import marketpulse
from tests.shop import MiniShop

READS = [
    ["query", "select count(*) as n from silver.sales", "--format", "csv"],
    ["status"],
    ["runs"],
    ["headlines"],
    ["quarantine", "list"],
    ["quarantine", "show"],
    ["plan"],
    ["docs", "--output", "{out}/catalog.html"],
    ["query", "select * from gold.agg_daily", "--format", "parquet", "--output", "{out}/x.parquet"],
]


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    """Time of change and size of every file and folder."""
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in (folder, *folder.rglob("*"))}


def opened(folder: Path, files: int, folders: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


@pytest.fixture
def filled(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,0,1")
    assert marketpulse(shop, "run").returncode == 0
    return shop


def test_what_is_written_is_private_unless_the_settings_say_otherwise(filled: MiniShop) -> None:
    out = filled.root / "out"
    out.mkdir()
    for command in READS[-2:]:
        marketpulse(filled, *(word.format(out=out) for word in command))
    made = [*filled.settings.warehouse.rglob("*"), *out.iterdir()]
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    (out / "catalog.html").chmod(0o644)  # who may read a page is for its owner to say
    shared = marketpulse(filled, "docs", "--output", str(out / "catalog.html"))
    assert shared.returncode == 0
    assert stat.S_IMODE((out / "catalog.html").stat().st_mode) == 0o644
    filled.land_sales("2026-01-02", "3,2026-01-01,1,1")
    marketpulse(filled, "run", MARKETPULSE_UMASK="027")
    new = [path for path in filled.settings.warehouse.rglob("*.parquet") if path not in made]
    assert new
    assert {stat.S_IMODE(path.stat().st_mode) for path in new} == {0o640}


def bound_by_permissions() -> None:
    """Let not even root pass over the permissions of files."""
    if os.geteuid() == 0:
        drop_from_bounding_set, override, read_search = 24, 1, 2
        for capability in (override, read_search):
            assert ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0) == 0


def reads_only(shop: MiniShop, commands: list[list[str]]) -> None:
    """Every command that looks works, and changes nothing; what writes says that it cannot."""
    out = shop.root / "out"
    out.mkdir()
    out.chmod(0o777)
    before = everything(shop.settings.warehouse)
    for command in commands:
        found = marketpulse(
            shop, *(word.format(out=out) for word in command), first=bound_by_permissions, TMPDIR=str(out)
        )
        assert found.returncode == 0, (command, found.stderr)
    assert everything(shop.settings.warehouse) == before
    left = {path.name for path in out.iterdir()}
    assert left <= {"catalog.html", "x.parquet"}
    refused = marketpulse(shop, "run", first=bound_by_permissions, TMPDIR=str(out))
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False), refused.stderr
    assert everything(shop.settings.warehouse) == before


@pytest.mark.parametrize("commands", [READS[-2:], pytest.param(READS[:-2], marks=pytest.mark.long)])
def test_who_may_only_read_the_warehouse_can_ask(filled: MiniShop, commands: list[list[str]]) -> None:
    opened(filled.settings.warehouse, 0o444, 0o555)
    try:
        reads_only(filled, commands)
    finally:
        opened(filled.settings.warehouse, 0o644, 0o755)


@pytest.mark.long
def test_a_warehouse_that_is_mounted_elsewhere_read_only_can_be_asked(filled: MiniShop) -> None:
    mount = filled.root / "mount"
    mount.mkdir()
    for options in (["--bind", str(filled.settings.warehouse)], ["-o", "remount,ro,bind"]):
        if subprocess.run(["mount", *options, str(mount)], check=False, capture_output=True).returncode:
            pytest.skip("to mount a folder needs root")
    try:
        filled.settings = replace(filled.settings, warehouse=mount)
        reads_only(filled, [READS[0], ["quarantine", "show"]])
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.parametrize("text", ["7", "rwx", "888", "0o77", "077"])
def test_what_takes_rights_away_is_three_digits(text: str) -> None:
    if text == "077":
        assert load_settings(umask=text).umask == text
        return
    with pytest.raises(UsageError, match="umask"):
        load_settings(umask=text)
