"""The house is in order: tests stand where their modules stand, imports in no circle, every room has its rules."""

from __future__ import annotations

import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SOURCE = ROOT / "src" / "marketpulse"
#: Places of their own: what runs over several rooms, or tests what is no module of the package (tests/README.md).
PLACES = {"aws", "docs", "examples", "flow", "hostile", "infra", "interop", "retail"}
#: Test files of a room that are named after what they ask, not after a module.
NAMED_OTHERWISE = {
    "test_house",
    "engines/test_spark_plans",
    "door/test_captures",
    "door/test_clients",
    "door/test_hostile",
    "door/test_junk",
}


def places(folder: Path, root: Path, pattern: str) -> set[str]:
    """Files below a folder as paths without their ending."""
    return {path.relative_to(root).with_suffix("").as_posix() for path in folder.rglob(pattern)}


MODULES = {name for name in places(SOURCE, SOURCE, "*.py") if not name.endswith("__")}
ROOMS = {path.parent.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py")}
TEST_FILES = {
    name
    for name in places(TESTS, TESTS, "test_*.py")
    if name.split("/")[0] not in PLACES and name not in NAMED_OTHERWISE
}
README = (TESTS / "README.md").read_text(encoding="utf-8")
#: Module to the tests that a line of the README names.
ELSEWHERE = {
    module: re.findall(r"`([^`]+)`", tests)
    for modules, tests in re.findall(r"^\| (`[^|]+`) \| (`[^|]+`) \|", README, re.MULTILINE)
    for module in re.findall(r"`([^`]+)`", modules)
}


def subject(test: str) -> str:
    """The module or package that a test file is named after."""
    folder, _, name = f"./{test}".rpartition("/test_")
    return f"{folder}/{name}".removeprefix("./")


def exists(what: str) -> bool:
    """Whether it is a module, a package, a package's own `__init__`, or a script of jobs/."""
    folder, _, name = what.rpartition("/")
    return what in MODULES | ROOMS or name == folder.rpartition("/")[2] or (ROOT / f"{what}.py").is_file()


def test_every_folder_of_tests_has_a_room_or_is_a_place_that_the_readme_names() -> None:
    folders = {path.parent.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    assert {name for name in folders if name.split("/")[0] not in PLACES} - ROOMS == set()
    assert [name for name in sorted(PLACES) if f"`{name}/`" not in README or not (TESTS / name).is_dir()] == []


@pytest.mark.parametrize("test", sorted(TEST_FILES))
def test_a_test_file_is_named_after_what_it_tests(test: str) -> None:
    assert exists(subject(test)), f"src/marketpulse has no {subject(test)}: name the file after its module"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_has_its_test_file_or_a_line_in_the_readme(module: str) -> None:
    folder, _, name = module.rpartition("/")
    named = (f"{folder}/test_{name}" if folder else f"test_{name}") in TEST_FILES
    assert named != (module in ELSEWHERE), f"tests/README.md says where {module} is tested when no file has its name"


def test_the_readme_names_tests_and_modules_that_there_are() -> None:
    assert [module for module in ELSEWHERE if module not in MODULES] == []
    assert [test for tests in ELSEWHERE.values() for test in tests if not (TESTS / test).exists()] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("marketpulse", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_every_room_says_in_which_order_its_modules_stand() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    ordered = {name for rule in rules if rule.get("exhaustive") for name in rule["containers"]}
    apart = {name.removesuffix(".*") for rule in rules if rule["type"] == "independence" for name in rule["modules"]}
    rooms = {".".join(("marketpulse", *room.split("/"))) for room in ROOMS if room != "."}
    assert rooms - ordered - apart == set()
