"""What a source says of its deliveries, and what cannot be: told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.landing.dated import NameDate
from marketpulse.project.source import load_source
from marketpulse.project.terms import Terms
from tests.shop import MiniShop

TEXT = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n"


def terms(folder: Path, text: str) -> Terms:
    path = folder / "sales.yaml"
    path.write_text(TEXT + text, encoding="utf-8")
    return load_source(path).terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Terms()),
        ("order: arrival\n", Terms("arrival")),
        ("deliveries: changes\n", Terms()),
        ("date: {from: name, pattern: '{yyyyMMdd}'}\n", Terms(date=NameDate("{yyyyMMdd}"))),
        ("deliveries: list\n", Terms("name", "list")),
        ("deliveries: {list: folder}\n", Terms("name", "list", (), "folder")),
        ("deliveries: {replace: file}\n", Terms("name", "file")),
        ("deliveries: {replace: day}\n", Terms("name", "day", (), "folder")),
        ("deliveries: {replace: day}\norder: arrival\n", Terms("arrival", "day", (), "file")),
        ("deliveries: {replace: [day, store], each: file}\n", Terms("name", "columns", ("day", "store"), "file")),
    ],
)
def test_what_a_source_says(tmp_path: Path, text: str, found: Terms) -> None:
    assert terms(tmp_path, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "order: size\n",
        "date: {from: name, pattern: orders}\n",
        "date: {from: column, pattern: '{yyyyMMdd}'}\n",
        "deliveries: everything\n",
        "deliveries: {replace: []}\n",
        "deliveries: {replace: week}\n",
        "deliveries: {replace: file, each: folder}\n",
        "deliveries: {list: folder}\norder: arrival\n",
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"sales.yaml:5:"):
        terms(tmp_path, text)


@pytest.mark.parametrize(
    ("deliveries", "old", "new", "words"),
    [
        ("list", "{policy: latest}", "{policy: first}", "merges otherwise than {policy: latest}"),
        ("list", "{policy: latest}", "{policy: latest, orderBy: [qty]}", "merges otherwise than {policy: latest}"),
        ("{replace: day}", "partitioned: true, ", "", "has no partitioned date"),
        ("{replace: [shop]}", "{policy: latest}", "{policy: latest}", "has no column shop"),
        ("{replace: [amount]}", "{policy: latest}", "{policy: latest}", "has amount, a decimal(18,4)"),
    ],
)
def test_a_table_that_cannot_be_filled_by_such_deliveries_says_why(
    shop: MiniShop, deliveries: str, old: str, new: str, words: str
) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\ndeliveries: {deliveries}\n")
    shop.edit("silver/sales/contract.yaml", old, new)
    told = [str(error) for error in shop.project().problems["silver.sales"]]
    assert any(words in each for each in told), told


def test_what_says_that_a_row_is_deleted_is_checked(shop: MiniShop) -> None:
    text = "customProperties:\n  - {property: deleted, value: \"operation = 'D'\"}\n"
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", text)
    assert "operation" in str(shop.project().problems["silver.sales"][0])
    shop.edit("silver/sales/contract.yaml", "operation = 'D'", "qty = -1")
    shop.edit("silver/sales/contract.yaml", "policy: latest", "policy: first")
    assert "where the first row stays" in str(shop.project().problems["silver.sales"][0])


@pytest.mark.parametrize("more", ["order: arrival\n", "deliveries: list\n"])
def test_two_feeds_of_one_folder_and_table_deliver_alike_and_only_changes(shop: MiniShop, more: str) -> None:
    shop.write("sources/till.yaml", f"name: till\ndescription: .\nowner: t\nformat: csv\nlanding: sales\n{more}")
    shop.write("silver/sales/from_till.sql", "select id, day, qty, amount from bronze.till")
    assert "land in one folder and deliver otherwise" in str(shop.project().problems["silver.sales"][0])
    if more.startswith("deliveries"):
        shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\n" + more)
        assert "land in one folder" in str(shop.project().problems["silver.sales"][0])
