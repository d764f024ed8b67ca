"""Scratch is in a folder that nobody else can enter, and that nobody else has made."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from marketpulse.errors import StorageError
from marketpulse.run import scratch
from marketpulse.run.context import open_context
from tests.shop import MiniShop


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_reader_has_a_folder_of_its_own_which_goes_in_the_end(parent: Path) -> None:
    with scratch.private() as (one, _), scratch.private() as (other, _):
        assert one != other
        assert {one.parent, other.parent} == {parent}
        assert mode(one) == 0o700
        (one / "spill").write_text("x")
    assert list(parent.iterdir()) == []


def test_what_a_killed_reader_left_goes_and_nothing_else(parent: Path, tmp_path: Path) -> None:
    names = ("marketpulse-scratch-dead", "marketpulse-scratch-young", "marketpulse-scratch-nolock", "other")
    for name in names:
        (parent / name).mkdir()
        if "nolock" not in name:
            (parent / name / "lock").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/lock").touch()
    (parent / "marketpulse-scratch-link").symlink_to(tmp_path / "elsewhere")
    with scratch.private() as (alive, _):
        for path in (*(parent / name for name in names if "young" not in name), alive, tmp_path / "elsewhere"):
            os.utime(path, (0, 0))
        with scratch.private():
            assert alive.is_dir()
    left = {path.name for path in parent.iterdir()}
    assert left == {*names, "marketpulse-scratch-link"} - {"marketpulse-scratch-dead"}
    assert (tmp_path / "elsewhere/lock").exists()


def linked(folder: Path) -> None:
    (folder.parent / "target").mkdir()
    folder.symlink_to(folder.parent / "target")


def for_everybody(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def of_somebody_else(folder: Path) -> None:
    folder.mkdir(0o755)
    os.chown(folder, 65534, 65534)


@pytest.mark.parametrize("squat", [linked, for_everybody, of_somebody_else, Path.touch], ids=lambda each: each.__name__)
def test_a_folder_that_somebody_else_may_have_made_is_refused(parent: Path, squat: Callable[[Path], None]) -> None:
    if squat is of_somebody_else and os.geteuid():
        pytest.skip("to give a folder away needs root")
    squat(parent / "found")
    with pytest.raises(StorageError, match="you alone") as raised:
        scratch.own(parent / "found")
    assert "TMPDIR" in str(raised.value.hint)


def test_a_folder_of_our_own_is_made_private(parent: Path) -> None:
    scratch.own(parent / "new")
    assert mode(parent / "new") == 0o700
    (parent / "new").chmod(0o755)
    scratch.own(parent / "new")
    assert mode(parent / "new") == 0o700


def test_a_run_on_a_store_uses_no_folder_that_it_finds(shop: MiniShop, parent: Path) -> None:
    linked(parent / f"marketpulse-{os.getuid()}")
    settings = type(shop.settings)(shop.landing, "s3://lake", catalog={"type": "in-memory"})
    with pytest.raises(StorageError, match="you alone"), open_context(settings, shop.project()):
        pass
    assert list((parent / "target").iterdir()) == []
