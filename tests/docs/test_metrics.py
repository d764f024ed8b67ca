"""What each number means: the tables and columns that the page names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
COLUMNS = {
    path.parent.name: {p["name"] for p in yaml.safe_load(path.read_text(encoding="utf-8"))["schema"][0]["properties"]}
    for path in (ROOT / "retail" / "gold").glob("*/contract.yaml")
}
#: `table.column`; what stands for several columns is written with … and left out.
NAMED = sorted(set(re.findall(r"`([a-z_]+)\.([a-z_]+)`", PAGE)))
NAMED = [(table, column) for table, column in NAMED if table.startswith(("agg_", "dim_", "fct_", "mart_"))]


def test_the_page_names_numbers() -> None:
    assert len(NAMED) > 50


@pytest.mark.parametrize(("table", "column"), NAMED)
def test_a_named_column_is_there(table: str, column: str) -> None:
    assert column in COLUMNS[table]


@pytest.mark.parametrize("table", sorted(set(re.findall(r"`((?:agg|dim|fct|mart)_[a-z_]+)[`.]", PAGE))))
def test_a_named_table_is_there(table: str) -> None:
    assert table in COLUMNS


@pytest.mark.parametrize("table", sorted(t for t in COLUMNS if t.startswith(("agg_", "mart_"))))
def test_no_table_that_people_read_is_left_out(table: str) -> None:
    assert f"`{table}" in PAGE
