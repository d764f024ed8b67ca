"""One landed file to bronze: what is read while it changes, vanishes or may not be read."""

from __future__ import annotations

import os
import threading

import pytest

from tests.landed import GOOD, HEADER
from tests.shop import MiniShop
from tests.tables import sale_ids


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
    assert sale_ids(shop) == []
    shop.run()
    assert len(sale_ids(shop)) == len(path.read_bytes().splitlines()) - 1


@pytest.mark.parametrize("moment", ["before it is opened", "while it is read"])
def test_a_file_that_vanishes_is_passed_by(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    shop.land("sales/good.csv", GOOD)
    doomed = shop.land("sales/doomed.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = os.open
    seen: list[str] = []

    def vanishing(path: str, *args: int, **more: int) -> int:
        if str(path) != str(doomed):
            return opened(path, *args, **more)
        seen.append(path)
        if moment == "before it is opened":
            doomed.unlink(missing_ok=True)
        handle = opened(path, *args, **more)
        doomed.unlink()
        return handle

    monkeypatch.setattr(os, "open", vanishing)
    assert shop.run().ok
    assert seen
    assert sale_ids(shop) == ["1"]


def test_a_file_that_may_not_be_read_is_blocked_and_the_rest_goes_through(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("sales/good.csv", GOOD)
    locked = shop.land("sales/locked.csv", HEADER + b"2,2026-01-01,1,1\n")
    opened = os.open

    def refusing(path: str, *args: int, **more: int) -> int:
        if str(path) == str(locked):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)

    monkeypatch.setattr(os, "open", refusing)
    report = shop.run()
    assert report.feeds[1].blocked[0]["message"] == "cannot be read: Permission denied"
    assert sale_ids(shop) == ["1"]
