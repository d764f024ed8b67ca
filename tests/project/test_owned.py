"""The platform's own tables come with it: a project from nothing works, and leaves them to the platform."""

from __future__ import annotations

from pathlib import Path

import pytest
from open_data_contract_standard.model import OpenDataContractStandard

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract
from marketpulse.project.owned import owned
from marketpulse.project.project import load_project
from tests.command import marketpulse
from tests.shop import MiniShop, contract

#: A project of another trade: one feed, one silver table, one gold table.
FERRIES = {
    "project.yaml": "name: ferries\n",
    "sources/sailings.yaml": "name: sailings\ndescription: Trips.\nowner: port\nformat: csv\nrequired: [trip, day]\n",
    "silver/sailings/from_sailings.sql": "select trip, day, cars from bronze.sailings\n",
    "silver/sailings/contract.yaml": contract(
        "silver.sailings",
        [("trip", "string", "key"), ("day", "date", "bucket"), ("cars", "int", "required")],
        "{property: merge, value: {policy: latest}}",
    ),
    "gold/agg_cars_daily/model.sql": "select day, sum(cars) as cars from silver.sailings group by day\n",
    "gold/agg_cars_daily/contract.yaml": contract(
        "gold.agg_cars_daily",
        [("day", "date", "key bucket"), ("cars", "long", "")],
        "{property: inputs, value: [{table: silver.sailings, column: day}]}",
    ),
}
QUARANTINE = "silver/quarantine/contract.yaml"
#: What a contract may say of a table of the project, and of none of the platform.
RULE = "{name: r, type: custom, implementation: attempts > 0, severity: warn, description: r}"
SHARE = "{property: rejectedShareLimit, value: 0.0}"
MERGE = "{property: merge, value: {policy: first, orderBy: [source]}}"
RUN = "{property: runColumns, value: [source]}"


def quarantine(change: tuple[str, str] = ("", "")) -> str:
    """The contract of the quarantine as projects had it when each brought its own."""
    own = owned()["silver.quarantine"]
    columns = [
        (c.name, c.type, "key" * (c.name == "quarantine_id") + "bucket" * (c.name == own.partition))
        for c in own.columns
    ]
    return contract(own.name, columns, "{property: managed, value: true}").replace(*change)


@pytest.fixture
def ferries(tmp_path: Path) -> MiniShop:
    """A project that extends nothing, with two sailings landed: one that is right, one that is not."""
    port = MiniShop(tmp_path)
    port.project_dir = tmp_path / "ferries"
    for path, text in FERRIES.items():
        port.write(path, text)
    port.land("sailings/ingest_date=2026-05-01/a.csv", "trip,day,cars\nF1,2026-05-01,40\nF2,2026-05-01,many\n")
    return port


def test_a_project_that_extends_nothing_has_its_own_tables_and_the_platforms(ferries: MiniShop) -> None:
    done = marketpulse(ferries, "run", "--project", str(ferries.project_dir))
    assert (done.returncode, "2 tables built" in done.stdout) == (0, True), done.stderr
    assert ferries.rows("gold.agg_cars_daily") == [(ferries.rows("silver.sailings")[0][1], 40)]
    assert [row[8] for row in ferries.rows("silver.quarantine")] == [
        '[{"rule": "type", "message": "cars is not a int", "column": "cars"}]'
    ]
    own = {name for name in ferries.snapshots(runs=True) if name not in owned()}
    assert own == {"bronze.sailings", "silver.sailings", "gold.agg_cars_daily"}


def test_it_is_checked_and_forecast_like_any_other(ferries: MiniShop) -> None:
    checked = marketpulse(ferries, "validate", "--project", str(ferries.project_dir))
    assert checked.stdout == "ok ferries: 1 feeds, 2 silver and 1 gold tables\n"
    planned = marketpulse(ferries, "plan").stdout
    assert "3 tables to build, 0 up to date" in planned


def test_a_project_may_describe_the_quarantine_in_its_own_words(ferries: MiniShop) -> None:
    ferries.write(QUARANTINE, quarantine(("For tests.", "What the port sent back.")))
    assert ferries.project().table("silver.quarantine").contract.purpose == "What the port sent back."
    assert ferries.run().ok
    assert len(ferries.rows("silver.quarantine")) == 1


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("'int'", "'long'"), "name: attempts", "attempts is int in the platform's table"),
        (("name: raw_record", "name: raw"), "name: raw,", "raw is no column of the platform's table"),
        (("partitioned: true, ", ""), "- name: quarantine", "is managed, with the partition first_seen_date"),
        (("value: true", "value: false"), "apiVersion", "says how rows with one key merge"),
    ],
)
def test_what_the_quarantine_is_stays_the_platforms(
    ferries: MiniShop, change: tuple[str, str], place: str, words: str
) -> None:
    text = quarantine(change)
    ferries.write(QUARANTINE, text)
    with pytest.raises(DefinitionError, match=words) as found:
        ferries.project().check()
    line = next(number for number, line in enumerate(text.splitlines(), 1) if place in line)
    assert found.value.where == f"{ferries.project_dir / QUARANTINE}:{line}"


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (
            ("    properties:", f"    quality:\n      - {RULE}\n    properties:"),
            "name: r, type",
            "checks no rules of",
        ),
        (("description: Test.}", f"description: Test., quality: [{RULE}]}}"), "name: quarantine_id", "checks no rules"),
        (("name: table_name,", "name: table_name, unique: true,"), "name: table_name", "that table_name is unique"),
        (("name: record_key,", "name: record_key, required: true,"), "name: record_key", "record_key may be missing"),
        (
            ("name: table_name,", "name: table_name, primaryKey: true,"),
            "- name: quarantine",
            "primary key of silver.qua",
        ),
        (
            ("value: true}", f"value: true}}\n  - {SHARE}"),
            "rejectedShareLimit",
            "rejectedShareLimit: the platform fills",
        ),
        (("value: true}", f"value: true}}\n  - {MERGE}"), "property: merge", "merge: the platform fills"),
        (("value: true}", f"value: true}}\n  - {RUN}"), "property: runColumns", "runColumns: the platform fills"),
    ],
)
def test_what_a_project_promises_of_the_quarantine_and_nobody_would_keep_is_refused(
    ferries: MiniShop, change: tuple[str, str], place: str, words: str
) -> None:
    text = quarantine().replace(*change, 1)
    ferries.write(QUARANTINE, text)
    with pytest.raises(DefinitionError, match=words) as found:
        ferries.project().check()
    line = next(number for number, line in enumerate(text.splitlines(), 1) if place in line)
    assert found.value.where == f"{ferries.project_dir / QUARANTINE}:{line}"
    assert len(found.value.each) == 1


def test_a_column_that_the_quarantine_lacks_is_named(ferries: MiniShop) -> None:
    lines = [line for line in quarantine().splitlines() if "name: attempts" not in line]
    ferries.write(QUARANTINE, "\n".join(lines))
    with pytest.raises(DefinitionError, match="lacks attempts"):
        ferries.project().check()


@pytest.mark.parametrize("name", ["bronze.sailings", "bronze.landed_files"])
def test_a_bronze_table_of_a_project_has_no_contract(ferries: MiniShop, name: str) -> None:
    path = f"{name.replace('.', '/')}/contract.yaml"
    ferries.write(path, contract(name, [("trip", "string", "key")]))
    with pytest.raises(DefinitionError, match="bronze tables have no contract") as found:
        ferries.project().check()
    assert (found.value.where, "sources/<feed>.yaml" in str(found.value.hint)) == (
        f"{ferries.project_dir / path}:3",
        True,
    )


def test_a_feed_cannot_take_the_name_of_a_table_of_the_platform(ferries: MiniShop) -> None:
    for name in [name for name in owned() if name.startswith("bronze.")]:
        short = name.removeprefix("bronze.")
        ferries.write(f"sources/{short}.yaml", f"name: {short}\ndescription: Trips.\nowner: port\nformat: csv\n")
        with pytest.raises(DefinitionError, match=f"{name} is the platform's own table"):
            ferries.project().check()
        (ferries.project_dir / f"sources/{short}.yaml").unlink()


@pytest.mark.parametrize("custom", ["{property: managed, value: true}", "{property: runColumns, value: [trip]}"])
def test_what_only_the_platform_does_is_refused_elsewhere(ferries: MiniShop, custom: str) -> None:
    ferries.write("gold/mart_trips/contract.yaml", contract("gold.mart_trips", [("trip", "string", "key")], custom))
    ferries.write("gold/mart_trips/model.sql", "select trip from silver.sailings\n")
    with pytest.raises(DefinitionError, match="is for the platform's own tables") as found:
        ferries.project().check()
    assert str(found.value.where).endswith("gold/mart_trips/contract.yaml:16")


def test_a_query_beside_a_table_that_the_platform_writes_is_refused(ferries: MiniShop) -> None:
    ferries.write("silver/quarantine/from_sailings.sql", "select trip from bronze.sailings\n")
    with pytest.raises(DefinitionError, match=r"the platform writes silver\.quarantine itself"):
        ferries.project().check()


@pytest.mark.parametrize("own", owned().values(), ids=lambda own: own.name)
def test_contracts_of_the_platform_are_valid_to_the_standard_and_say_what_each_column_is(own: Contract) -> None:
    assert OpenDataContractStandard.from_file(str(own.path)).id == own.name
    assert (own.managed, own.grain.startswith("One row per ")) == (True, True)
    assert [column.name for column in own.columns if not column.description] == []
    assert own.run_columns


def test_the_packaged_project_has_the_platforms_quarantine() -> None:
    assert load_project().table("silver.quarantine").contract == owned()["silver.quarantine"]
