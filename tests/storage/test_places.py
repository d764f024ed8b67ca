"""Where bytes are: folders and stores behind the same verbs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from marketpulse.errors import StorageError, UsageError
from marketpulse.storage import places
from marketpulse.storage.places import (
    REMOTE_HINT,
    exists,
    filesystem,
    find,
    is_remote,
    make_folder,
    open_read,
    put_in_place,
    read_text,
    readable_errors,
    remove,
    remove_empty_folders,
    remove_folder,
    replacing,
    write_text,
    written,
)


def test_without_the_libraries_the_line_to_type_is_said() -> None:
    code = "import sys; sys.modules['s3fs'] = None\nfrom marketpulse.storage.places import filesystem\nfilesystem('s3://bucket')\n"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'marketpulse[aws]'" in found.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ["file/x.csv", "x" * 300, "nowhere/x.csv", "folder"])
def test_what_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError, match="cannot write"), replacing(tmp_path / name) as part:
        part.write_text("theirs")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_name_as_long_as_may_be_is_written_and_a_device_stays_one(tmp_path: Path) -> None:
    for place in (tmp_path / ("ü" * 127), Path(os.devnull)):
        with replacing(place) as part:
            part.write_text("text")
    assert (tmp_path / ("ü" * 127)).read_text() == "text"
    assert Path(os.devnull).is_char_device()


def test_a_kind_of_place_that_nobody_knows_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"unknown kind of place ftp:// \(a folder, or s3://bucket/prefix\)"):
        filesystem("ftp://host/x")


def test_a_path_is_of_this_machine_and_a_uri_is_not(tmp_path: Path) -> None:
    assert [is_remote(place) for place in (tmp_path, "landing/a", "s3://bucket/a")] == [False, False, True]


def test_a_file_is_put_in_place_read_found_and_removed(tmp_path: Path) -> None:
    written, place = tmp_path / "scratch.bin", str(tmp_path / "table/data/part.bin")
    written.write_bytes(b"12345")
    assert put_in_place(written, place) == place
    assert not written.exists()
    with open_read(place) as stream:
        assert stream.read() == b"12345"
    (found,) = find(str(tmp_path / "table"))
    assert (found.path, found.size, found.modified) == (place, 5, Path(place).stat().st_mtime)
    remove(place)
    remove(place)
    assert list(find(str(tmp_path))) == []


def test_found_are_files_in_the_order_of_their_paths_and_no_links(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/1.txt", "b/1.txt"):
        write_text(str(tmp_path / name), "x")
    (tmp_path / "a/link.txt").symlink_to(tmp_path / "b/2.txt")
    assert [Path(f.path).relative_to(tmp_path).as_posix() for f in find(str(tmp_path))] == [
        "a/1.txt",
        "b/1.txt",
        "b/2.txt",
    ]


def test_a_folder_is_made_seen_and_removed_with_all_below_it(tmp_path: Path) -> None:
    folder = str(tmp_path / "a/b")
    assert not exists(folder)
    make_folder(folder)
    make_folder(folder)
    assert exists(folder)
    remove_folder(str(tmp_path / "a"))
    remove_folder(str(tmp_path / "a"))
    assert not exists(folder)


def test_empty_folders_go_when_they_are_old_and_full_ones_never(tmp_path: Path) -> None:
    for name in ("old/empty", "old/full", "new"):
        make_folder(str(tmp_path / name))
    write_text(str(tmp_path / "old/full/x.txt"), "x")
    for path in (tmp_path / "old/empty", tmp_path / "old/full"):
        os.utime(path, (0, 0))
    remove_empty_folders(str(tmp_path), before=1_000)
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_dir()) == ["full", "new", "old"]


def test_what_a_place_raises_is_an_error_for_people() -> None:
    with pytest.raises(StorageError, match="s3://b: gone") as caught, readable_errors("s3://b"):
        raise OSError("gone")
    assert caught.value.hint == REMOTE_HINT


class Refusing:
    """A store that answers nobody."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise PermissionError(f"{name} expired")

        return refuse


@pytest.mark.parametrize(
    "verb",
    [
        exists,
        remove,
        remove_folder,
        lambda place: list(find(place)),
        lambda place: list(written(place)),
        lambda place: write_text(place, "text"),
        lambda place: put_in_place(Path("/nowhere/file"), place),
        read_text,
    ],
)
def test_a_store_that_refuses_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, verb: Callable[[str], object]
) -> None:
    for name in ("filesystem", "data_filesystem"):
        monkeypatch.setattr(places, name, lambda _: Refusing())
    with pytest.raises(StorageError, match="expired") as told:
        verb("s3://bucket/folder")
    assert told.value.where == "s3://bucket/folder"
    assert told.value.hint == REMOTE_HINT
