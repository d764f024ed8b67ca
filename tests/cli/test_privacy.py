"""Erase, export and audit on the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import Typed
from tests.privacy.people import click, clicks, named, sales
from tests.shop import MiniShop


@pytest.fixture
def people(shop: MiniShop) -> MiniShop:
    named(shop)
    sales(shop, "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,1,bob@1")
    clicks(shop, "2026-01-02", click("c1", "phone-ada", "ada@1815"), click("c2", "pc", "bob@1"))
    assert shop.run().ok
    return shop


def test_first_it_is_told_what_would_go(people: MiniShop, typed: Typed) -> None:
    found = typed("erase", "buyer", "ada@1815")
    assert found.returncode == 0, found.stderr
    assert "Would be erased" in found.stdout
    assert "phone-ada" in found.stdout
    assert "nothing was changed; --yes does it" in found.stdout
    assert len(people.rows("silver.sales")) == 2


def test_then_it_goes_and_ends_with_1_while_landed_files_hold_it(people: MiniShop, typed: Typed) -> None:
    found = typed("erase", "buyer", "ada@1815", "--reason", "ticket 7", "--yes")
    assert found.returncode == 1, found.stderr
    assert "sales/ingest_date=2026-01-01/sales.csv in the landing zone holds records of them" in found.stdout
    assert len(people.rows("silver.sales")) == 1
    done = typed("erase", "--again", "--delete-landed", "--json")
    assert done.returncode == 0, done.stdout
    assert not (people.landing / "sales/ingest_date=2026-01-01/sales.csv").exists()
    said = json.loads(typed("audit", "--json").stdout)
    assert [(entry["action"], entry["reason"]) for entry in said] == [("erase", "ticket 7"), ("erase again", "")]
    trail = " ".join(typed("audit").stdout.split())
    assert "ticket 7 number 1," in trail
    assert "rows of" in trail


def test_of_whom_nothing_is_known_nothing_would_go(people: MiniShop, typed: Typed) -> None:
    found = typed("erase", "buyer", "nobody@0")
    assert found.returncode == 0, found.stderr
    assert "no table has a record of them" in found.stdout
    assert len(people.rows("silver.sales")) == 2


def test_names_come_from_a_file_too(people: MiniShop, typed: Typed) -> None:
    (people.root / "names.txt").write_text("ada@1815\n\n bob@1 \n")
    found = json.loads(typed("erase", "buyer", "--list", "names.txt", "--json").stdout)
    assert {table["table"]: table["rows"] for table in found["tables"]}["silver.sales"] == 2


def test_what_is_known_is_told_readable_and_as_json(people: MiniShop, typed: Typed) -> None:
    assert "silver.sales: 1 rows" in typed("export", "buyer", "ada@1815").stdout
    found = json.loads(typed("export", "buyer", "ada@1815", "--json").stdout)
    assert {table["table"] for table in found["tables"]} >= {"bronze.sales", "silver.clicks", "gold.agg_buyers"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("erase",), "who?"),
        (("erase", "buyer"), "which buyer?"),
        (("erase", "buyer", "ada", "--yes"), "why?"),
        (("erase", "--again", "buyer"), "name nobody with it"),
        (("erase", "--again"), "nobody was ever erased"),
        (("erase", "buyer", "--list", "nowhere.txt"), "cannot be read"),
    ],
)
def test_what_cannot_be_asked_ends_with_2(
    people: MiniShop, typed: Typed, arguments: tuple[str, ...], words: str
) -> None:
    assert people.root.is_dir()
    found = typed(*arguments)
    assert (found.returncode, words in found.stderr) == (2, True), found.stderr


def test_what_is_done_in_the_quarantine_is_written_down(people: MiniShop, typed: Typed) -> None:
    sales(people, "2026-01-03", "s3,2026-01-03,0,bob@1", "s4,2026-01-03,1,bob@1")
    people.run()
    for arguments in (
        ("replay",),
        ("discard", "--table", "silver.sales", "--yes"),
        ("reopen", "--table", "silver.sales"),
    ):
        assert typed("quarantine", *arguments).returncode == 0
    said = json.loads(typed("audit", "--json").stdout)
    assert [entry["action"] for entry in said] == ["replay", "discard", "reopen"]
    assert said[1]["what"] == {"rows": {"silver.quarantine": 1}}
