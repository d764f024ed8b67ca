"""Settings of a project: of the kind the pack gives them, and read by some query."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.project import load_project
from tests.packs import write


def refusals(folder: Path, settings: str) -> list[str]:
    """What is wrong with the settings of a project that extends retail, a line each."""
    write(folder, {"project.yaml": f"name: shop\nextends: retail\nsettings:\n{settings}"})
    with pytest.raises(DefinitionError) as caught:
        load_project(folder)
    return [f"{each.where}: {each.message}; {each.hint}".replace(f"{folder}/", "") for each in caught.value.each]


def test_a_name_that_no_query_reads_is_refused_at_its_line(tmp_path: Path) -> None:
    assert refusals(tmp_path, "  reporting_curency: EUR\n  minutes: 3\n") == [
        "project.yaml:4: no query reads the setting reporting_curency; did you mean reporting_currency?",
        "project.yaml:5: no query reads the setting minutes; a query reads it as setting('minutes')",
    ]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("session_gap_minutes: '30'", "setting session_gap_minutes is '30', not a whole number; for example 30"),
        ("session_gap_minutes: 0.5", "setting session_gap_minutes is 0.5, not a whole number; for example 30"),
        ("session_gap_minutes: true", "setting session_gap_minutes is True, not a whole number; for example 30"),
        ("holiday_country: NO", "setting holiday_country is False, not a text; for example 'US', in quotes"),
    ],
)
def test_a_value_of_another_kind_is_refused(tmp_path: Path, setting: str, message: str) -> None:
    (said,) = refusals(tmp_path, f"  {setting}\n")
    assert said.split(": ", 1)[1] == message


def test_a_query_of_the_project_may_read_a_setting_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "project.yaml": "name: shop\nextends: retail\nsettings: {shortest: 3, holiday_country: DE}\n",
            "silver/stores/from_stores.sql": "select store_id from bronze.stores where 3 > setting('shortest')",
        },
    )
    load_project(tmp_path)
