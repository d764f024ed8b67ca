"""Settings of a project: of the kind the pack gives them, and read by some query."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.project.folders import ProjectFile
from marketpulse.project.given import columns_of
from marketpulse.project.packs import project_folder
from marketpulse.project.problems import ByName
from marketpulse.project.project import load_project
from marketpulse.project.reference import read_references
from marketpulse.project.yamlfile import read_yaml
from tests.packs import write

RETAIL = project_folder("retail")
HOSTS = "write domain names with commas between, such as 'shop.se, shop2.se': no https://, no path, no *"


def refusals(folder: Path, settings: str) -> list[str]:
    """What is wrong with the settings of a project that extends retail, a line each."""
    write(folder, {"project.yaml": f"name: shop\nextends: retail\nsettings:\n{settings}"})
    with pytest.raises(DefinitionError) as caught:
        load_project(folder)
    return [f"{each.where}: {each.message}; {each.hint}".replace(f"{folder}/", "") for each in caught.value.each]


def line(said: str) -> int:
    return int(said.split(":")[1])


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


def test_what_no_shop_can_mean_is_refused_all_at_once_and_each_once(tmp_path: Path) -> None:
    wrong = {
        "reporting_currency: EURO": "write a code of ISO 4217 in capitals, such as EUR, or '' for none",
        "reporting_timezone: Europe/Stokholm": "did you mean Europe/Stockholm?",
        "retail_week_start_day: 9": "write a number from 1 to 7",
        "retail_year_start_month: 13": "write a number from 1 to 12",
        "session_gap_minutes: -5": "write a number from 1 to 1440",
        "payment_return_minutes: 5000": "write a number from 0 to 1440",
        "bot_event_count: 0": "write a number from 1 to 1000000000",
        "identity_window_days: -1": "write a number from 0 to 3650",
        "exchange_rate_days: -1": "write a number from 0 to 3650",
        "holiday_country: SE": "write one of CA, DE, FR, GB, US",
        "own_hosts: [shop.se, shop2.se]": HOSTS,
        "payment_hosts: https://pay.se/": HOSTS,
        "reporting_curency: EUR": "did you mean reporting_currency?",
    }
    told = sorted(refusals(tmp_path, "".join(f"  {setting}\n" for setting in wrong)), key=line)
    for number, (said, (setting, hint)) in enumerate(zip(told, wrong.items(), strict=True)):
        assert said.startswith(f"project.yaml:{number + 4}: ")
        assert f"setting {setting.partition(':')[0]}" in said
        assert said.endswith(f"; {hint}")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("reporting_currency", ["", "EUR", "XOF", "VED", "HRK", "ANG"], ["eur", "kr", "XXX", "EUR,USD"]),
        ("reporting_timezone", ["UTC", "America/New_York"], ["", "europe/berlin", "+02:00", "CEST"]),
        ("retail_week_start_day", [1, 7], [0, 8, -1]),
        ("retail_year_start_month", [1, 12], [0, 13]),
        ("session_gap_minutes", [1, 1440], [0, -5, 1441]),
        ("payment_return_minutes", [0, 1440], [-1, 1441]),
        ("bot_event_count", [1, 500], [0, -1]),
        ("holiday_country", ["DE", "US"], ["de", "SE", ""]),
        (
            "own_hosts",
            ["", "shop.se", "www.shop.se,shop2.co.uk , xn--bcher-kva.de"],
            ["https://shop.se", "*.shop.se", "a.se b.se", "a.se;b.se", "a.se,", "a.se,,b.se", "shop", "shop.se/x", " "],
        ),
    ],
)
def test_each_setting_at_its_edges(name: str, right: list[sql.Value], wrong: list[sql.Value]) -> None:
    rule = read_yaml(RETAIL / "project.yaml").into(ProjectFile).allowed[name]
    columns = columns_of(read_references([RETAIL], ByName()), ())
    assert [value for value in right if rule.advice(value, columns) is not None] == []
    assert [value for value in wrong if rule.advice(value, columns) is None] == []


def test_what_a_shop_can_mean_is_taken(tmp_path: Path) -> None:
    hosts = "own_hosts: 'www.shop.se,shop2.co.uk , xn--bcher-kva.de', payment_hosts: pay.example"
    numbers = "session_gap_minutes: 1440, payment_return_minutes: 0, retail_week_start_day: 7, exchange_rate_days: 0"
    text = f"name: shop\nextends: retail\nsettings: {{reporting_currency: SEK, {hosts}, {numbers}}}\n"
    load_project(write(tmp_path, {"project.yaml": text}))


def test_a_query_of_the_project_may_read_a_setting_of_its_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "project.yaml": "name: shop\nextends: retail\nsettings: {shortest: 3, holiday_country: DE}\n",
            "silver/stores/from_stores.sql": "select store_id from bronze.stores where 3 > setting('shortest')",
        },
    )
    load_project(tmp_path)
