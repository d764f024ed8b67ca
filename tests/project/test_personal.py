"""Contracts say whose data a table holds: queries carry it on, and what nothing leads to is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.project import personal
from marketpulse.project.project import load_project
from marketpulse.run.validate import validate
from tests.shop import MiniShop, contract

_NAME = "classification: pii, customProperties: [{property: identifies, value: buyer}], "


def say(shop: MiniShop, table: str, column: str, words: str) -> None:
    shop.edit(f"{table.replace('.', '/')}/contract.yaml", f"name: {column}, ", f"name: {column}, {words}")


@pytest.fixture
def named(shop: MiniShop) -> MiniShop:
    """The mini shop, whose clicks say whose they are; a gold table has them by another name."""
    say(shop, "silver.clicks", "name", _NAME)
    shop.write(
        "gold/mart_people/model.sql",
        "select lower(name) as person, count(*) as clicks from silver.clicks group by lower(name)\n",
    )
    columns = [("person", "string", "key"), ("clicks", "long", "")]
    shop.write("gold/mart_people/contract.yaml", contract("gold.mart_people", columns))
    say(shop, "gold.mart_people", "person", "classification: pii, ")
    return shop


def test_a_column_says_whom_it_names_and_queries_carry_it_on(named: MiniShop) -> None:
    project = named.project()
    assert personal.kinds(project) == ("buyer",)
    assert personal.feeds(project) == ("bronze.clicks",)
    assert set(personal.reached(project)) == {"silver.clicks", "gold.mart_people", "gold.mart_total"}
    assert personal.names_in(project)["gold.mart_people"] == {"person": ("buyer",)}


def test_what_is_reached_is_not_warned_of(named: MiniShop) -> None:
    assert not list(personal.out_of_reach(named.project()))


def test_validate_warns_of_personal_columns_that_nothing_leads_to(shop: MiniShop) -> None:
    say(shop, "silver.sales", "id", "classification: pii, ")
    say(shop, "gold.agg_daily", "amount", "classification: pii, ")
    found = validate(shop.project_dir)
    assert found.ok
    told = {warning.file: warning.message for warning in found.warnings}
    assert (
        "silver.sales says whose its personal columns are: erasing a person would not reach id"
        in told[str(shop.project_dir / "silver/sales/contract.yaml")]
    )
    assert "gold.agg_daily is made from" in told[str(shop.project_dir / "gold/agg_daily/contract.yaml")]


def test_every_personal_column_of_the_retail_pack_is_reached() -> None:
    project = load_project("retail")
    assert not list(personal.out_of_reach(project))
    names = personal.names_in(project)
    assert names["gold.dim_customer"]["customer_id"] == ("customer",)
    assert set(names["gold.fct_sessions"]) >= {"visitor_id", "user_id"}


@pytest.mark.parametrize(
    ("column", "said", "words"),
    [
        (
            "name",
            "customProperties: [{property: identifies, value: buyer}], ",
            "'name' identifies a person and is classified",
        ),
        ("day", _NAME, "column 'day' is a date, which names nobody"),
        ("name", _NAME.replace("buyer", "A Buyer"), "customProperty identifies cannot be read"),
        ("name", _NAME.replace("buyer", "3"), "a word for what kind of name of a person"),
    ],
)
def test_what_names_nobody_is_refused(shop: MiniShop, column: str, said: str, words: str) -> None:
    say(shop, "silver.clicks", column, said)
    found = validate(shop.project_dir)
    assert any(words in f"{problem.message} {problem.hint}" for problem in found.problems), found.problems


def test_a_name_may_be_of_several_kinds(tmp_path: Path) -> None:
    shop = MiniShop(tmp_path / "shop")
    say(shop, "silver.clicks", "name", _NAME.replace("buyer", "[buyer, browser]"))
    assert personal.kinds(shop.project()) == ("browser", "buyer")


@pytest.mark.parametrize("said", ["0 days", "400", "a year"])
def test_how_long_is_kept_is_a_number_of_days(shop: MiniShop, said: str) -> None:
    shop.edit("sources/sales.yaml", "required: [id, day]", f"required: [id, day]\nkeep: {said}")
    assert any("keep" in problem.message for problem in validate(shop.project_dir).problems)


def test_a_table_without_days_keeps_for_ever(shop: MiniShop) -> None:
    told = "customProperties:\n  - {property: keep, value: 1 day}\n  - {property: merge"
    shop.edit("silver/sales/contract.yaml", "customProperties:\n  - {property: merge", told)
    assert shop.project().tables["silver.sales"].contract.keep == 1
    shop.edit("silver/sales/contract.yaml", "partitioned: true, ", "")
    assert any("keep needs a day" in problem.message for problem in validate(shop.project_dir).problems)
