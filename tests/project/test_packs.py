"""Packs: found by name, the only one is the project, several must be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError, UsageError
from marketpulse.project.packs import Pack, find_pack, installed, project_folder
from marketpulse.project.project import load_project
from tests.packs import alone, install, write


def test_the_only_pack_is_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install(tmp_path, "library_one")
    alone(monkeypatch, tmp_path)
    assert installed() == [Pack("library_one", folder)]
    assert list(load_project().tables) == ["silver.loans", "silver.quarantine", "gold.agg_loans"]


def test_without_a_pack_a_project_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    with pytest.raises(UsageError, match="no pack is installed") as caught:
        load_project()
    assert caught.value.hint == "give a project folder with --project"
    with pytest.raises(UsageError, match=r"no project folder nowhere .*or a pack: none is installed"):
        load_project("nowhere")
    with pytest.raises(UsageError, match="no project folder aaa"):
        load_project("a" * 5000)


def test_of_several_packs_one_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "library_two")
    museum = install(tmp_path, "museum_two")
    alone(monkeypatch, tmp_path)
    with pytest.raises(UsageError, match="several packs are installed: library_two, museum_two") as caught:
        load_project()
    assert caught.value.hint == "name one: --project library_two, or project in marketpulse.toml"
    assert load_project("museum_two").path == museum
    with pytest.raises(UsageError, match="or a pack: library_two, museum_two"):
        load_project("theatre")


def test_a_folder_that_holds_a_project_is_meant_before_a_pack_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = install(tmp_path / "site", "library_three")
    alone(monkeypatch, tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    mine = Path("library_three")
    mine.mkdir()
    assert project_folder(mine) == pack
    write(mine, {"project.yaml": "name: mine\n"})
    assert project_folder(mine) == mine


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no project\.yaml"):
        load_project(tmp_path)


def test_a_project_extends_a_pack_by_name_and_its_own_files_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", "library_four")
    alone(monkeypatch, tmp_path / "site")
    own = {"project.yaml": "name: branch\nextends: library_four\n"}
    own["silver/loans/from_loans.sql"] = "select upper(id) as id, day from bronze.loans\n"
    project = load_project(write(tmp_path / "branch", own))
    assert project.name == "branch"
    assert list(project.tables) == ["silver.loans", "silver.quarantine", "gold.agg_loans"]
    assert project.tables["silver.loans"].queries["bronze.loans"].path.is_relative_to(tmp_path / "branch")


def test_an_unknown_base_is_told_with_its_line_and_the_packs_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", "library_five")
    alone(monkeypatch, tmp_path / "site")
    folder = write(tmp_path / "branch", {"project.yaml": "name: branch\nextends: libary\n"})
    with pytest.raises(DefinitionError, match="extends 'libary'") as caught:
        load_project(folder)
    assert caught.value.where == f"{folder}/project.yaml:2"
    assert caught.value.hint == "a path from this folder, or a pack: library_five"


def test_projects_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"project.yaml": "name: one\nextends: ../two\n"})
    write(tmp_path / "two", {"project.yaml": "name: two\nextends: ../one\n"})
    with pytest.raises(DefinitionError, match="cannot extend itself"):
        load_project(one)


def test_two_packs_of_one_name_are_told_apart_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [install(tmp_path, "library_six", package) for package in ("city_six", "town_six")]
    alone(monkeypatch, tmp_path)
    with pytest.raises(UsageError, match="several packs are called library_six") as caught:
        load_project("library_six")
    assert all(str(folder) in caught.value.message for folder in folders)


def test_several_names_may_lead_to_one_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "library_seven")
    points = tmp_path / "library_seven_pack-1.0.dist-info" / "entry_points.txt"
    points.write_text(points.read_text().replace("\n\n", "\nold_name = library_seven_pack:PACK\n\n"))
    alone(monkeypatch, tmp_path)
    assert find_pack("old_name") == find_pack("library_seven")
    assert [pack.name for pack in installed()] == ["library_seven"]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("library_eight", "import no_such_module\n", "cannot be loaded: No module named 'no_such_module'"),
        ("library_nine", "PACK = 'library'\n", "library_nine_pack:PACK is no pack"),
    ],
)
def test_a_pack_that_is_none_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str, words: str
) -> None:
    install(tmp_path, name, code=code)
    alone(monkeypatch, tmp_path)
    with pytest.raises(UsageError, match=words):
        load_project()
