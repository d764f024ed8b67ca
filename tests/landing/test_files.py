"""Files that are not what they seem: links, changing, vanishing and damaged files, odd encodings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.landing.corpus import HEADER
from tests.shop import MiniShop, result

GOOD = HEADER + b"1,2026-01-01,1,1\n"


def keys(shop: MiniShop) -> list[str]:
    return [row[0] for row in shop.rows("silver.sales")]


def test_links_out_of_the_landing_zone_are_refused(shop: MiniShop, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "s.csv").write_bytes(HEADER + b"stolen,2026-01-01,1,1\n")
    shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/file.csv").symlink_to(outside / "s.csv")
    (shop.landing / "sales/folder").symlink_to(outside, target_is_directory=True)
    report = shop.run()
    assert keys(shop) == ["1"]
    assert {r["file"] for r in report.feeds[1].refused} == {"sales/file.csv", "sales/folder"}


def test_a_feed_folder_that_is_a_link_out_of_the_landing_zone_is_refused(shop: MiniShop, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.mkdir()
    (outside / "s.csv").write_bytes(HEADER + b"stolen,2026-01-01,1,1\n")
    (shop.landing / "sales").symlink_to(outside, target_is_directory=True)
    assert [r["file"] for r in shop.run().feeds[1].refused] == ["sales"]
    assert keys(shop) == []


def test_links_inside_the_landing_zone_and_broken_ones(shop: MiniShop) -> None:
    path = shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/again.csv").symlink_to(path)
    (shop.landing / "sales/broken.csv").symlink_to("nowhere.csv")
    (shop.landing / "sales/circle.csv").symlink_to("circle.csv")
    assert shop.run().ok
    assert keys(shop) == ["1"]


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
    (refused,) = shop.run().feeds[1].refused
    assert refused["file"] == "sales/closed"
    assert refused["message"] == "a folder that cannot be read: Permission denied"
    assert keys(shop) == ["1"]


def test_what_is_no_file_is_passed_by(shop: MiniShop) -> None:
    shop.land("sales/good.csv", GOOD)
    (shop.landing / "sales/folder.csv").mkdir()
    os.mkfifo(shop.landing / "sales/pipe.csv")
    assert shop.run().ok
    assert keys(shop) == ["1"]


def test_a_file_that_grows_while_it_is_read_is_loaded_once_it_is_whole(shop: MiniShop) -> None:
    path = shop.land("sales/growing.csv", HEADER + b"".join(b"%d,2026-01-01,1,1\n" % n for n in range(50_000)))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as stream:
            while not stop.is_set():
                stream.write(b"late%d,2026-01-01,1,1\n" % stream.tell())
                stop.wait(0.001)

    thread = threading.Thread(target=grow)
    thread.start()
    shop.run()
    stop.set()
    thread.join()
    assert keys(shop) == []
    shop.run()
    assert len(keys(shop)) == len(path.read_bytes().splitlines()) - 1


@pytest.mark.parametrize("moment", ["content", "load"])
def test_a_file_that_vanishes_is_passed_by(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    shop.land("sales/good.csv", GOOD)
    doomed = shop.land("sales/doomed.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = Path.open
    seen: list[Path] = []

    def vanishing(path: Path, *args: str, **more: str) -> object:
        if path == doomed:
            seen.append(path)
            if len(seen) > (moment == "load"):
                doomed.unlink(missing_ok=True)
        return opened(path, *args, **more)

    monkeypatch.setattr(Path, "open", vanishing)
    assert shop.run().ok
    assert seen
    assert keys(shop) == ["1"]


def test_a_file_that_may_not_be_read_is_blocked_and_the_rest_goes_through(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("sales/good.csv", GOOD)
    locked = shop.land("sales/locked.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = Path.open

    def refusing(path: Path, *args: str, **more: str) -> object:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)

    monkeypatch.setattr(Path, "open", refusing)
    report = shop.run()
    assert report.feeds[1].blocked[0]["message"] == "cannot be read: Permission denied"
    assert keys(shop) == ["1"]


def parquet(path: Path, **columns: list[object]) -> bytes:
    pq.write_table(pa.table(columns), path, compression="none", use_dictionary=False)
    return path.read_bytes()


@pytest.fixture
def parquet_shop(shop: MiniShop) -> MiniShop:
    shop.edit("sources/sales.yaml", "format: csv", "format: parquet")
    return shop


def test_damaged_parquet_files_are_blocked_and_the_rest_goes_through(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    whole = parquet(tmp_path / "p", id=["1", None], day=["2026-01-01"] * 2, qty=[1, 2], amount=[1.5, float("nan")])
    shop.land("sales/good.parquet", whole)
    shop.land("sales/cut.parquet", whole[:-20])
    shop.land("sales/no.parquet", b"PAR1 this is no Parquet file PAR1")
    shop.land("sales/empty.parquet", b"")
    shop.land("sales/page.parquet", whole[:4] + b"\xff" * 60 + whole[64:])
    report = shop.run()
    names = {b["file"].removeprefix("sales/") for b in report.feeds[1].blocked}
    assert names == {"cut.parquet", "no.parquet", "empty.parquet", "page.parquet"}
    assert keys(shop) == ["1"]


def test_parquet_values_of_any_type_are_text_in_bronze(parquet_shop: MiniShop, tmp_path: Path) -> None:
    shop = parquet_shop
    extra = {"tags": [["a", "b"]], "place": [{"x": 1}], "bytes": [b"\xff\x00"]}
    whole = parquet(tmp_path / "p", id=["1"], day=["2026-01-01"], qty=[1], amount=[1.5], **extra)
    shop.land("sales/nested.parquet", whole)
    report = shop.run()
    assert report.feeds[1].blocked == []
    assert keys(shop) == ["1"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_a_feed_in_another_encoding_is_read(shop: MiniShop, encoding: str) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\ncsv: {{encoding: {encoding}}}\n")
    shop.land("sales/a.csv", "id,day,qty,amount\ncafé,2026-01-01,1,1\n".encode(encoding))
    assert shop.run().ok
    assert keys(shop) == ["café"]


@pytest.mark.parametrize("data", [b"\xff\xfei\x00d\x00,", "id,day,qty,amount\n\ud800,2026-01-01,1,1\n"])
def test_a_file_that_is_not_in_its_encoding_is_blocked_or_its_lines_are_quarantined(
    shop: MiniShop, data: bytes | str
) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ncsv: {encoding: utf-16}\n")
    raw = data if isinstance(data, bytes) else data.encode("utf-16", errors="surrogatepass")
    shop.land("sales/bad.csv", raw)
    shop.land("sales/good.csv", GOOD.decode().encode("utf-16"))
    report = shop.run()
    assert keys(shop) == ["1"]
    assert report.feeds[1].blocked or shop.rows("silver.quarantine")


def test_a_file_sent_again_with_corrections_corrects_and_is_then_known(shop: MiniShop) -> None:
    shop.land("sales/a.csv", GOOD)
    shop.run()
    shop.land("sales/a.csv", HEADER + b"1,2026-01-01,5,1\n")
    assert result(shop.run(), "silver.sales").feeds[0].replaced == 1
    before = shop.snapshots()
    for _ in range(3):
        shop.run()
    assert shop.snapshots() == before
    assert shop.rows("silver.sales")[0][2] == 5
