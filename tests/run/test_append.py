"""Rows appended one commit at a time stay in few files, and large files are left alone."""

from __future__ import annotations

from secrets import token_hex

from marketpulse.run.append import append
from tests.shop import MiniShop, table_rows

TYPES = {"place": "long", "said": "string"}
NAME = "bronze.notes"


def add(shop: MiniShop, *rows: dict[str, object]) -> list[int]:
    """Append, and give the rows of each file, smallest first."""
    with shop.open() as context:
        table = context.lake.ensure(NAME, TYPES)
        append(context, table, rows, table.files())
        found = context.lake.find(NAME)
        assert found is not None
        return sorted(file.rows for file in found.files())


def test_small_files_become_one_on_the_way(shop: MiniShop) -> None:
    counts = [add(shop, {"place": number, "said": None}) for number in range(20)]
    assert max(len(files) for files in counts) == 8
    assert counts[8] == [9]
    with shop.open() as context:
        assert sorted(table_rows(context, NAME)) == [(number, None) for number in range(20)]


def test_a_file_that_has_grown_is_not_written_again(shop: MiniShop) -> None:
    add(shop, {"place": 0, "said": token_hex(6 << 20)})
    counts = [add(shop, {"place": number, "said": None}) for number in range(1, 10)]
    assert [len(files) for files in counts] == [2, 3, 4, 5, 6, 7, 8, 9, 2]
    assert counts[-1] == [1, 9]


def test_what_a_row_has_no_word_for_is_null(shop: MiniShop) -> None:
    add(shop, {"place": 1})
    with shop.open() as context:
        assert table_rows(context, NAME) == [(1, None)]
