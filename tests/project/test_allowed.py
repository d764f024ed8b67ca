"""What a pack allows of its settings holds for every project that extends it, at the line of project.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.project import load_project
from tests.packs import LIBRARY, write

SETTINGS = {"days": "28", "share": "0.5", "kind": "book", "zone": "UTC", "land": "SE", "sites": "''", "is_open": "true"}
READS = "where " + " and ".join(f"setting('{name}') is not null" for name in SETTINGS)
RULES = {
    "days": "{least: 1, most: 90}",
    "share": "{least: 0.25}",
    "kind": "{values: [book, film]}",
    "zone": "{timezone: true}",
    "land": "{column: reference.lands.code}",
    "sites": "{pattern: '[a-z,]*', write: 'write names with commas between'}",
    "is_open": "{values: [true]}",
}
LANDS = {
    "reference/lands.csv": "code,land\nSE,Sweden\nDE,Germany\n",
    "reference/lands.yaml": "description: Lands.\nsource: Ours.\nlicence: Ours.\nkey: [code]\n"
    "columns: {code: Code., land: Name.}\n",
}


def block(name: str, values: dict[str, str]) -> str:
    return f"{name}:\n" + "".join(f"  {key}: {value}\n" for key, value in values.items())


def library(folder: Path, rules: dict[str, str], settings: dict[str, str]) -> Path:
    """A project that allows, and the one that extends it beside it."""
    model = LIBRARY["silver/loans/from_loans.sql"].rstrip() + f" {READS}\n"
    header = "name: library\n" + block("settings", SETTINGS) + (block("allowed", rules) if rules else "")
    write(folder / "base", LIBRARY | LANDS | {"silver/loans/from_loans.sql": model, "project.yaml": header})
    own = "name: own\nextends: ../base\n" + (block("settings", settings) if settings else "")
    return write(folder / "own", {"project.yaml": own})


def refusals(folder: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_project(folder)
    return [f"{Path(each.where or '').name}: {each.message}; {each.hint}" for each in caught.value.each]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("days", "0", "is 0, which cannot be; write a number from 1 to 90"),
        ("days", "-5", "is -5, which cannot be; write a number from 1 to 90"),
        ("days", "91", "is 91, which cannot be; write a number from 1 to 90"),
        ("share", "0.1", "is 0.1, which cannot be; write 0.25 or more"),
        ("share", ".nan", "is nan, not a number; for example 0.5"),
        ("kind", "boook", "is 'boook', which cannot be; did you mean book?"),
        ("kind", "Film", "is 'Film', which cannot be; did you mean film?"),
        ("kind", "x", "is 'x', which cannot be; write one of book, film"),
        ("zone", "Europe/Stokholm", "is 'Europe/Stokholm', which cannot be; did you mean Europe/Stockholm?"),
        ("zone", "'?'", "is '?', which cannot be; write a name such as Europe/Berlin, or UTC"),
        ("land", "de", "is 'de', which cannot be; did you mean DE?"),
        ("land", "XX", "is 'XX', which cannot be; write one of DE, SE"),
        ("sites", "a b", "is 'a b', which cannot be; write names with commas between"),
        ("sites", "[a, b]", "is a list, not a text; write names with commas between"),
        ("sites", "{a: b}", "is names with values, not a text; write names with commas between"),
        ("sites", "", "is empty, not a text; write names with commas between"),
        ("is_open", "false", "is False, which cannot be; write one of True"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_once_at_its_line(tmp_path: Path, name: str, value: str, said: str) -> None:
    assert refusals(library(tmp_path, RULES, {name: value})) == [f"project.yaml:4: setting {name} {said}"]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    own = library(tmp_path, RULES, {"days": "0", "kynd": "book", "zone": "Mars", "sites": "[a]"})
    assert [line.split(" is ")[0] for line in refusals(own)] == [
        "project.yaml:7: setting sites",
        "project.yaml:4: setting days",
        "project.yaml:6: setting zone",
        "project.yaml:5: no query reads the setting kynd; did you mean kind?",
    ]


def test_what_is_allowed_is_taken_at_its_edges_and_every_other_value_without_a_rule(tmp_path: Path) -> None:
    for number, days in enumerate(("1", "90")):
        load_project(library(tmp_path / str(number), RULES, {"days": days, "share": "7", "land": "DE", "sites": "a,b"}))
    load_project(library(tmp_path / "free", {}, {"days": "-5", "kind": "x", "share": "-0.5"}))


def test_reference_data_of_a_projects_own_says_what_is_allowed(tmp_path: Path) -> None:
    own = library(tmp_path, RULES, {"land": "FI"})
    write(own, {"reference/lands.csv": "code,land\nFI,Finland\n"})
    load_project(own)
    write(own, {"project.yaml": "name: own\nextends: ../base\n"})
    (told,) = refusals(own)
    assert told.startswith("project.yaml:1: setting land is 'SE' (by ")
    assert told.endswith("), which cannot be; write one of FI")


def test_a_project_may_allow_less(tmp_path: Path) -> None:
    own = library(tmp_path, RULES, {})
    narrow = block("allowed", {"days": "{most: 14}"})
    write(own, {"project.yaml": f"name: own\nextends: ../base\n{narrow}"})
    by = f"{tmp_path}/own/../base/project.yaml:3"
    assert refusals(own) == [f"project.yaml:4: setting days is 28 (by {by}), which cannot be; write 14 or less"]
    write(own, {"project.yaml": f"name: own\nextends: ../base\n{narrow}settings: {{days: 14}}\n"})
    load_project(own)


def test_what_reference_data_has_not_may_be_named_beside_it(tmp_path: Path) -> None:
    rules = {"land": "{values: [none], column: reference.lands.code}"}
    for number, land in enumerate(("none", "SE")):
        load_project(library(tmp_path / str(number), rules, {"land": land}))
    (told,) = refusals(library(tmp_path / "wrong", rules, {"land": "FI"}))
    assert told.endswith("is 'FI', which cannot be; write one of none, DE, SE")


@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        ("dayz", "{least: 1}", "there is no setting dayz; give it a value under settings"),
        ("days", "{most: 14}", "setting days is 28, which cannot be; write 14 or less"),
        ("days", "{timezone: true}", "allowed.days: column, pattern and timezone are for texts; None"),
        ("kind", "{least: 1}", "allowed.kind: least and most are for numbers; None"),
        ("kind", "{pattern: '[a-z]*'}", "allowed.kind: a pattern tells nobody what to write: say it with write; None"),
        ("kind", "{}", "allowed.kind: it says nothing of what the setting may be; None"),
        ("kind", "{column: reference.land.code}", "allowed.kind: there is no column reference.land.code; None"),
        ("kind", "{lest: 1}", "there is no field allowed.kind.lest; did you mean least?"),
    ],
)
def test_what_cannot_be_allowed_is_told_to_the_pack(tmp_path: Path, name: str, rule: str, said: str) -> None:
    library(tmp_path, {name: rule}, {})
    (told,) = refusals(tmp_path / "base")
    assert told.split(": ", 1)[1] == said


def test_a_pattern_that_is_none_is_told(tmp_path: Path) -> None:
    library(tmp_path, {"kind": "{pattern: '[', write: x}"}, {})
    (told,) = refusals(tmp_path / "base")
    assert "allowed.kind.pattern is '[', not a regular expression: unterminated" in told


def test_reference_data_that_cannot_be_read_is_told_itself(tmp_path: Path) -> None:
    own = library(tmp_path, RULES, {"land": "FI"})
    write(own, {"reference/lands.csv": "code,land\nFI\n"})
    assert {each.message for errors in load_project(own).problems.values() for each in errors} == {
        "1 values for 2 columns"
    }
