"""What a commit names is on the disk before the catalog names it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import ConcurrentError
from marketpulse.lake import durable
from marketpulse.lake.lake import Lake
from marketpulse.lake.sqlcatalog import FileCatalog
from marketpulse.lake.table import LakeTable
from tests.lake.writing import commit, days, file, made
from tests.shop import MiniShop


@pytest.mark.parametrize("disk", ["quick", "slow"])
def test_every_file_and_folder_is_flushed_before_its_commit(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    # Threads flush what a slow disk has not flushed yet: of a disk that always lets one wait, all but the first.
    monkeypatch.setattr(durable, "_QUICK", 60 if disk == "quick" else -1)
    flushed: set[int] = set()
    flush, commit = os.fsync, FileCatalog.commit_table
    late: list[str] = []
    commits: list[str] = []

    def watched(handle: int) -> None:
        flushed.add(os.fstat(handle).st_ino)
        flush(handle)

    def checked(catalog: FileCatalog, table: Any, requirements: Any, updates: Any) -> Any:
        answer = commit(catalog, table, requirements, updates)
        commits.append(table.name()[-1])
        named = LakeTable("checked", catalog.load_table(table.name())).all_paths()
        folders = {str(Path(path).parent) for path in named}
        late.extend(path for path in named | folders if Path(path).stat().st_ino not in flushed)
        return answer

    monkeypatch.setattr(os, "fsync", watched)
    monkeypatch.setattr(FileCatalog, "commit_table", checked)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,10", "2,2026-01-02,0,10")
    shop.land("clicks/a.ndjson", '{"id": "1", "ts": "2026-01-01T00:00:00"}\n')
    assert shop.run().ok
    # The first metadata file of a table is written by its creation, before any commit.
    assert {"sales", "clicks", "agg_daily"} <= set(commits)
    assert late == []


def test_a_folder_is_flushed_when_something_came_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_ino))
    new = tmp_path / "table" / "metadata"
    new.mkdir(parents=True)
    for folder in (tmp_path, new.parent):
        os.utime(folder, (1, 1))

    def commit(name: str) -> list[str]:
        (new / name).touch()
        flushed.clear()
        durable.flush([str(new / name)], str(tmp_path))
        places = {place.stat().st_ino: place.name for place in (tmp_path, new.parent, new, new / name)}
        return sorted(places[inode] for inode in flushed)

    assert commit("1") == sorted(["1", "metadata", "table", tmp_path.name])
    assert commit("2") == ["2", "metadata"]
    (new.parent / "data").mkdir()
    assert commit("3") == ["3", "metadata", "table"]
    assert commit("4") == ["4", "metadata", "table"]  # its clock says that it changed just now


def test_who_was_refused_reads_anew_and_goes_on(lake: Lake) -> None:
    late = made(lake)
    commit(lake, [file(lake, 1, "a")])
    with pytest.raises(ConcurrentError):
        lake.commit(late, [file(lake, 2, "b")], [], {}, {})
    commit(lake, [file(lake, 3, "c")])
    assert days(made(lake).files()) == [1, 3]
