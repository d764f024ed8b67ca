"""A landed file, opened once: the very file that was found, and no other that took its place."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from marketpulse.landing.files import find_files
from marketpulse.landing.opened import opened
from tests.landed import GOOD, HEADER
from tests.shop import MiniShop
from tests.tables import sale_ids


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_takes_the_place_of_a_file_is_not_read(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    shop.land("sales/good.csv", GOOD)
    victim = shop.land("sales/victim.csv", HEADER + b"2,2026-01-01,1,1\n")
    secret = shop.root / "secret.csv"
    secret.write_bytes(HEADER + b"3,2026-01-01,1,1\n")
    opened = os.open

    def swapped(path: str, *args: int, **more: int) -> int:
        if str(path) == str(victim):
            victim.unlink()
            os.mkfifo(victim) if kind == "pipe" else victim.symlink_to(secret)
        return opened(path, *args, **more)

    monkeypatch.setattr(os, "open", swapped)
    assert shop.run().ok
    assert sale_ids(shop) == ["1"]


def test_what_is_hashed_is_what_is_read_as_often_as_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales/a.csv").write_bytes(GOOD)
    ((file,), _) = find_files(str(tmp_path), "sales")
    with opened(file, tmp_path) as data:
        assert data is not None
        assert data.content == hashlib.sha256(GOOD).hexdigest()
        assert [data.bytes().read(), data.stream().read(), data.stream().read()] == [GOOD] * 3


def test_a_file_that_is_gone_is_none(tmp_path: Path) -> None:
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales/a.csv").write_bytes(GOOD)
    ((file,), _) = find_files(str(tmp_path), "sales")
    (tmp_path / "sales/a.csv").unlink()
    with opened(file, tmp_path) as data:
        assert data is None
