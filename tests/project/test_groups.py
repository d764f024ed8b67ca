"""What a source says of lines that belong together, and what cannot be: told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.source import load_source
from marketpulse.project.spelled import reading
from marketpulse.run.validate import validate
from marketpulse.sql import Groups
from tests.shop import MiniShop

TEXT = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\n"


def load(folder: Path, text: str, start: str = TEXT) -> Groups | None:
    path = folder / "sales.yaml"
    path.write_text(start + text, encoding="utf-8")
    return load_source(path).groups


def test_what_a_source_says(tmp_path: Path) -> None:
    assert load(tmp_path, "") is None
    said = "groups: {by: [order], fill_down: [day], first: [paid_at], last: [state]}\n"
    found = load(tmp_path, said)
    assert found == Groups(("order",), ("day",), ("paid_at",), ("state",))
    assert found.made == {"_group_row": "long", "_first_paid_at": "string", "_last_state": "string"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("groups: {}\n", "names no column"),
        ("groups: {by: [Order No]}\n", "write order_no"),
        ("groups: {by: [order], fill: [day]}\n", "fill_down"),
        ("groups: {by: [order], fill_down: [day, day]}\n", "day is named twice"),
        ("groups: {by: [order]}\nerase: [order]\n", "emptied of a person who is erased"),
        ("groups: {by: [order], fill_down: [day, who]}\nerase: [who]\n", "who is of groups"),
        ("groups: {by: [order], first: [who]}\nerase: [who]\n", "without erase the whole record goes"),
        ("groups: {last: [who]}\nerase: [note, who]\n", "take who out of erase"),
        ("groups: {by: [order]}\ncsv: {header: false, columns: [day, qty]}\n", "names order, which is no column of it"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DefinitionError) as told:
        load(tmp_path, text)
    assert "sales.yaml:5" in str(told.value)
    assert words in str(told.value)


def test_a_record_of_json_has_no_columns_to_group_by(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="a json feed has no columns to group by"):
        load(tmp_path, "groups: {by: [raw]}\n", TEXT.replace("csv", "json"))


def test_validate_knows_the_columns_that_are_made_and_tells_what_is_filled_down(shop: MiniShop) -> None:
    shop.edit("sources/sales.yaml", "format: csv\n", "format: csv\ngroups: {by: [id], fill_down: [day]}\n")
    shop.edit(
        "sources/sales.yaml", "format: csv\n", "format: csv\ncsv: {header: false, columns: [id, day, qty, amount]}\n"
    )
    shop.edit("silver/sales/from_sales.sql", "day, qty,", "day, _group_row as qty,")
    assert validate(shop.project_dir).ok
    project = shop.project()
    assert list(reading(project.sources, project.tables)) == ["sales: day is filled down over the lines of one id"]
    shop.edit("silver/sales/from_sales.sql", "_group_row", "_first_qty")
    assert "_first_qty" in str(validate(shop.project_dir).problems)
