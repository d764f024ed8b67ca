"""Which files of a landing zone are files: links, folders that are closed, pipes."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.landed import GOOD, HEADER
from tests.shop import MiniShop
from tests.tables import sale_ids


def test_links_out_of_the_landing_zone_are_refused(shop: MiniShop, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "s.csv").write_bytes(HEADER + b"stolen,2026-01-01,1,1\n")
    shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/file.csv").symlink_to(outside / "s.csv")
    (shop.landing / "sales/folder").symlink_to(outside, target_is_directory=True)
    report = shop.run()
    assert sale_ids(shop) == ["1"]
    assert {b["file"] for b in report.feeds[1].blocked} == {"sales/file.csv", "sales/folder"}
    assert not report.ok


def test_a_feed_folder_that_is_a_link_out_of_the_landing_zone_is_refused(shop: MiniShop, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "s.csv").write_bytes(HEADER + b"stolen,2026-01-01,1,1\n")
    (shop.landing / "sales").symlink_to(outside, target_is_directory=True)
    assert [b["file"] for b in shop.run().feeds[1].blocked] == ["sales"]
    assert sale_ids(shop) == []


def test_links_inside_the_landing_zone_and_broken_ones(shop: MiniShop) -> None:
    path = shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/again.csv").symlink_to(path)
    (shop.landing / "sales/broken.csv").symlink_to("nowhere.csv")
    (shop.landing / "sales/circle.csv").symlink_to("circle.csv")
    (shop.landing / "sales/folder").symlink_to("../sales", target_is_directory=True)
    report = shop.run()
    assert {blocked["file"]: blocked["message"] for blocked in report.feeds[1].blocked} == {
        "sales/broken.csv": "a link to nothing",
        "sales/circle.csv": "a link to nothing",
        "sales/folder": "a link to a folder: no such link is followed",
    }
    assert sale_ids(shop) == ["1"]


def test_a_folder_that_cannot_be_read_is_told_and_holds_nothing_up(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/closed").mkdir()
    look = os.scandir

    def scandir(folder: str) -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith("closed"):  # whoever is root may look into every folder
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    report = shop.run()
    (blocked,) = report.feeds[1].blocked
    assert blocked["file"] == "sales/closed"
    assert blocked["message"] == "a folder that cannot be read: Permission denied"
    assert report.exit_code == 1
    assert sale_ids(shop) == ["1"]


def test_what_is_no_file_is_told_and_not_waited_for(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/folder.csv").mkdir()
    os.mkfifo(shop.landing / "sales/pipe.csv")
    monkeypatch.chdir(shop.landing / "sales")  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("socket.csv")
        report = shop.run()
    assert {blocked["file"]: blocked["message"] for blocked in report.feeds[1].blocked} == {
        "sales/pipe.csv": "a pipe and no file",
        "sales/socket.csv": "a socket and no file",
    }
    assert sale_ids(shop) == ["1"]


def test_odd_names_and_times_are_one_files_problem(shop: MiniShop) -> None:
    shop.land("sales/good.csv", GOOD)
    late = shop.land("sales/late.csv", HEADER + b"2,2026-01-01,1,1\n")
    os.utime(late, ns=(1 << 33, 10_000_000_000 * 1_000_000_000))
    (shop.landing / "sales" / os.fsdecode(b"caf\xe9.csv")).write_bytes(HEADER + b"3,2026-01-01,1,1\n")
    report = shop.run()
    assert sale_ids(shop) == ["1", "2"]
    assert [blocked["file"] for blocked in report.feeds[1].blocked] == ["sales/caf\\xe9.csv"]
    assert report.exit_code == 1
    assert shop.run().feeds[1].files == 0


def test_folders_within_folders_have_no_bottom(shop: MiniShop) -> None:
    shop.land("sales/good.csv", GOOD)
    place = Path.cwd()
    try:
        os.chdir(shop.landing / "sales")
        for _ in range(1_100):
            Path("deep").mkdir()
            os.chdir("deep")
    finally:
        os.chdir(place)
    report = shop.run()
    # Too deep for those who remove what tests leave behind.
    subprocess.run(["rm", "-r", str(shop.landing / "sales/deep")], check=True)
    assert sale_ids(shop) == ["1"]
    assert report.tables[-1].status == "built"
    (blocked,) = report.feeds[1].blocked
    assert blocked["message"] == "a folder that cannot be read: File name too long"


def test_what_looks_unfinished_is_told_and_what_has_no_date_is_blocked(shop: MiniShop) -> None:
    shop.land("sales/ingest_date=2026-03-01/hour=07/good.csv", GOOD)
    for number, name in enumerate(
        (
            "_temporary/0/part.csv",
            ".snapshot/hourly/a.csv",
            "_sales.csv",
            ".sales.csv.swp",
            "ingest_date=2026-02-30/a.csv",
            "ingest_date=*/a.csv",
            "ingest_date=2026-3-1/a.csv",
            "ingest_date=2026-03-01/hour=25/a.csv",
        )
    ):
        shop.land(f"sales/{name}", HEADER + b"%d,2026-01-01,1,1\n" % (number + 10))
    shop.land("sales/_SUCCESS", "")
    report = shop.run()
    assert sale_ids(shop) == ["1"]
    assert [refused["file"].removeprefix("sales/") for refused in report.feeds[1].refused] == [
        ".sales.csv.swp",
        ".snapshot",
        "_sales.csv",
        "_temporary",
    ]
    assert [(blocked["file"] or "").removeprefix("sales/") for blocked in report.feeds[1].blocked] == [
        "ingest_date=*/a.csv",
        "ingest_date=2026-02-30/a.csv",
        "ingest_date=2026-03-01/hour=25/a.csv",
        "ingest_date=2026-3-1/a.csv",
    ]
    assert report.feeds[1].blocked[1]["message"] == "2026-02-30 is no day: YYYY-MM-DD"
    assert report.exit_code == 1


def test_what_looks_unfinished_alone_is_no_failure(shop: MiniShop) -> None:
    shop.land("sales/good.csv", GOOD)
    shop.land("sales/_later.csv", GOOD)
    assert shop.run().exit_code == 0


def test_names_that_a_pattern_leaves_out_are_nobodys_business(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv", "pattern: '*.csv'\nformat: csv")
    shop.land("sales/good.csv", GOOD)
    shop.land("sales/_notes.txt", "x")
    report = shop.run()
    assert report.feeds[1].refused == []
    assert sale_ids(shop) == ["1"]
