"""Files that are looked for again and again: what is news is found, what is known is passed by.

Sequences of any landings are in `bronze/test_deliveries.py`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from marketpulse.landing import files
from marketpulse.landing.files import find_files
from marketpulse.landing.listing import Listing


def land(root: Path, name: str, text: str = "x") -> Path:
    path = root / "feed" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def old(folder: Path) -> None:
    """As if nobody had written into the folders for a second: a clock is coarse."""
    for each in (folder, *folder.rglob("*/")):
        os.utime(each, (time.time() - 1, time.time() - 1))


def looked(listing: Listing, *, whole: bool = False) -> list[str]:
    """Names that a look finds; all of them are known from then on."""
    found, _ = listing.look(whole=whole)
    listing.settle(found, lambda _: True)
    return [file.name for file in found]


def test_only_what_is_new_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        land(tmp_path, f"hour=0{number % 2}/{number}.csv")
    listing, opened, asked = Listing(str(tmp_path), "feed"), [], []
    scandir, regular = os.scandir, files._regular
    monkeypatch.setattr(files.os, "scandir", lambda path: opened.append(path) or scandir(path))
    monkeypatch.setattr(files, "_regular", lambda *entry: asked.append(entry) or regular(*entry))
    old(tmp_path / "feed")
    assert looked(listing) == [file.name for file in find_files(str(tmp_path), "feed")[0]]
    opened.clear()
    asked.clear()
    assert looked(listing) == []
    assert (len(opened), len(asked)) == (0, 0)
    land(tmp_path, "hour=01/new.csv")
    assert looked(listing) == ["feed/hour=01/new.csv"]
    assert (opened, len(asked)) == ([f"{tmp_path}/feed/hour=01"], 1)


def test_what_is_not_known_is_found_until_it_is(tmp_path: Path) -> None:
    land(tmp_path, "a.csv")
    land(tmp_path, "b.csv")
    listing = Listing(str(tmp_path), "feed")
    for _ in range(2):
        old(tmp_path / "feed")
        found, _ = listing.look(whole=False)
        listing.settle(found, lambda file: file.name == "feed/a.csv")
    assert [file.name for file in found] == ["feed/b.csv"]
    assert listing.look(whole=False)[0] == found  # nor does a look that nobody settled lose anything


def test_a_file_that_is_gone_and_back_is_seen_also_where_it_has_the_inode_of_the_old_one(tmp_path: Path) -> None:
    path = land(tmp_path, "a.csv", "old")
    listing = Listing(str(tmp_path), "feed")
    old(tmp_path / "feed")
    assert looked(listing) == ["feed/a.csv"]
    kept = path.with_name(".a")  # a disk gives the next file the inode of one that went; so does a link that stays
    path.rename(kept)
    kept.write_text("new")
    kept.rename(path)
    assert looked(listing) == ["feed/a.csv"]


def test_what_is_replaced_renamed_or_gone_is_seen(tmp_path: Path) -> None:
    path = land(tmp_path, "day=1/a.csv")
    land(tmp_path, "day=2/c.csv")
    listing = Listing(str(tmp_path), "feed")
    old(tmp_path / "feed")
    looked(listing)
    land(tmp_path, ".part", "y").replace(path)
    assert looked(listing) == ["feed/day=1/a.csv"]
    path.rename(path.with_name("b.csv"))
    assert looked(listing) == ["feed/day=1/b.csv"]
    path.with_name("b.csv").unlink()
    path.parent.rmdir()
    old(tmp_path / "feed")
    assert looked(listing) == []
    land(tmp_path, "day=1/b.csv")
    assert looked(listing) == ["feed/day=1/b.csv"]
    (tmp_path / "feed/day=2/c.csv").write_text("in its place")
    assert looked(listing, whole=True) == ["feed/day=1/b.csv", "feed/day=2/c.csv"]


def test_what_cannot_be_read_is_told_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    land(tmp_path, "a.csv")
    land(tmp_path, "closed/b.csv")
    (tmp_path / "feed/link.csv").symlink_to("a.csv")
    (tmp_path / "feed/nowhere.csv").symlink_to("gone")
    land(tmp_path, ".unfinished.csv")
    scandir = os.scandir

    def closed(path: str | Path) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    listing = Listing(str(tmp_path), "feed")
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "scandir", closed)
        for _ in range(3):
            old(tmp_path / "feed")
            found, refused = listing.look(whole=False)
            listing.settle(found, lambda _: True)
            told = {each.name: each.reason for each in refused}
            assert set(told) == {"feed/closed", "feed/nowhere.csv", "feed/.unfinished.csv"}
    (tmp_path / "feed/link.csv").unlink()
    (tmp_path / "feed/link.csv").symlink_to("closed/b.csv")
    assert looked(listing) == ["feed/closed/b.csv", "feed/link.csv"]


def test_a_folder_written_to_in_the_moment_of_a_look_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = land(tmp_path, "a.csv")
    listing = Listing(str(tmp_path), "feed")
    moment = path.parent.stat().st_mtime_ns
    looked(listing)
    land(tmp_path, "b.csv")
    os.utime(path.parent, ns=(moment, moment))  # as a coarse clock shows it
    assert looked(listing) == ["feed/b.csv"]
