"""Queries are kept in the project's own folder, under plain names, and nobody's is written over unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.project.packs import project_folder
from marketpulse.project.project import load_project
from marketpulse.project.queries import is_own, save, saved, saved_names
from marketpulse.project.strays import strays


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "project.yaml").write_text("name: shop\n")
    return folder


def test_a_query_is_written_read_and_listed(project: Path) -> None:
    assert saved_names(project) == []
    new = save(project, "by-week", "select 1  \n\n")
    assert (saved(project, "by-week"), saved_names(project)) == (new, ["by-week"])
    assert (project / "queries" / "by-week.sql").read_text() == "select 1\n"
    assert [path.name for path in (project / "queries").iterdir()] == ["by-week.sql"]
    assert load_project(project).problems == {}
    assert strays([project]) == ([], [])


NO_NAMES = ["", " ", ".", "..", "../a", "a/b", "/etc/passwd", "A", "a.sql", "a b", "ä", "-a", "a\0", "a" * 61, "a\n"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_written_nowhere(project: Path, name: str) -> None:
    before = set(project.parent.rglob("*"))
    with pytest.raises(UsageError, match="cannot be called"):
        save(project, name, "select 1")
    assert set(project.parent.rglob("*")) == before


def test_what_somebody_else_has_saved_is_not_written_over(project: Path) -> None:
    first = save(project, "a", "select 1")
    with pytest.raises(UsageError, match="is there already"):
        save(project, "a", "select 2")
    second = save(project, "a", "select 2", first.version)
    with pytest.raises(UsageError, match="another one by now"):
        save(project, "a", "select 3", first.version)
    assert saved(project, "a") == second
    assert save(project, "a", "select 2") == second  # the same again is no harm


def test_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "queries").symlink_to(outside)
    with pytest.raises(UsageError, match="leads out of the project"):
        save(project, "a", "select 1")
    (project / "queries").unlink()
    (project / "queries").mkdir()
    (project / "queries" / "a.sql").symlink_to(tmp_path / "elsewhere.sql")
    with pytest.raises(UsageError, match="leads out of the project"):
        save(project, "a", "select 1")
    assert [*outside.iterdir(), *tmp_path.glob("elsewhere*")] == []


def test_what_is_too_much_or_nothing_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, why in (("  ", "no query"), ("x" * 200_000, "bytes is not saved")):
        with pytest.raises(UsageError, match=why):
            save(project, "a", text)
    monkeypatch.setattr("marketpulse.project.queries._MOST", 1)
    save(project, "a", "select 1")
    with pytest.raises(UsageError, match="saved queries already"):
        save(project, "b", "select 1")


def test_a_folder_that_cannot_be_written_says_so(project: Path) -> None:
    (project / "queries").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written"):
        save(project, "a", "select 1")


def test_those_of_the_project_that_it_extends_are_there_and_stay_as_they_are(project: Path, tmp_path: Path) -> None:
    save(project, "a", "select 1")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "project.yaml").write_text("name: mine\nextends: ../shop\n")
    theirs = saved(mine, "a")
    save(mine, "a", "select 2", theirs.version)
    assert (saved(project, "a").text, saved(mine, "a").text) == ("select 1\n", "select 2\n")


def test_an_installed_pack_keeps_none() -> None:
    pack = project_folder()
    assert not is_own(pack)
    with pytest.raises(UsageError, match="installed pack"):
        save(pack, "a", "select 1")


def test_a_file_of_another_name_is_no_saved_query_and_told(project: Path) -> None:
    (project / "queries").mkdir()
    (project / "queries" / "My Query.sql").write_text("select 1\n")
    assert saved_names(project) == []
    (warning,) = strays([project])[1]
    assert "queries/<name>.sql" in (warning.hint or "")
    with pytest.raises(UsageError, match="no saved query"):
        saved(project, "My Query")
