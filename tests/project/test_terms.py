"""What a source says of its deliveries, and what cannot be: told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.source import load_source
from marketpulse.project.terms import Terms
from tests.shop import MiniShop

TEXT = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n"


def terms(folder: Path, text: str) -> Terms:
    path = folder / "sales.yaml"
    path.write_text(TEXT + text, encoding="utf-8")
    return load_source(path).terms


@pytest.mark.parametrize(("text", "found"), [("", Terms()), ("order: arrival\n", Terms("arrival"))])
def test_what_a_source_says(tmp_path: Path, text: str, found: Terms) -> None:
    assert terms(tmp_path, text) == found


@pytest.mark.parametrize("text", ["order: size\n"])
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"sales.yaml:5:"):
        terms(tmp_path, text)


def test_two_feeds_of_one_folder_and_table_deliver_alike(shop: MiniShop) -> None:
    more = "landing: sales\npattern: till*\norder: arrival\n"
    shop.write("sources/till.yaml", f"name: till\ndescription: .\nowner: t\nformat: csv\n{more}")
    shop.write("silver/sales/from_till.sql", "select id, day, qty, amount from bronze.till")
    assert "land in one folder and deliver otherwise" in str(shop.project().problems["silver.sales"][0])
