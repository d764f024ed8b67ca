"""Commands that look: what there is, what is asked, in the form that is asked for."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Typed
from tests.shop import MiniShop


@pytest.fixture
def sold(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    assert shop.run().ok
    return shop


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("csv", "day,qty\n2026-01-01,1\n2026-01-02,2\n"),
        ("json", '[\n{"day": "2026-01-01", "qty": 1},\n{"day": "2026-01-02", "qty": 2}\n]\n'),
        ("table", "day         qty\n2026-01-01    1\n2026-01-02    2\n\n2 rows\n"),
    ],
)
def test_an_answer_has_the_form_that_was_asked_for(sold: MiniShop, typed: Typed, form: str, text: str) -> None:
    found = typed("query", "select day, qty from gold.agg_daily order by day", "--format", form)
    assert (found.returncode, found.stderr) == (0, "")
    assert [line.rstrip() for line in found.stdout.splitlines()] == text.splitlines()


def test_parquet_needs_a_file_and_gets_it(sold: MiniShop, typed: Typed) -> None:
    query = ["query", "select qty from gold.agg_daily", "--format", "parquet"]
    refused = typed(*query)
    assert (refused.returncode, refused.stderr.splitlines()[1]) == (2, " hint add --output result.parquet")
    assert typed(*query, "--output", "found.parquet").returncode == 0
    assert sorted(pq.read_table(sold.root / "found.parquet")["qty"].to_pylist()) == [1, 2]


def test_tables_are_told_with_their_rows_and_one_with_its_snapshots(sold: MiniShop, typed: Typed) -> None:
    (table,) = json.loads(typed("status", "gold.agg_daily", "--json").stdout)
    assert (table["rows"], list(table["consumed"]), len(table["snapshots"])) == (2, ["silver.sales"], 1)
    assert "Snapshots" in typed("status", "gold.agg_daily").stdout


def test_a_definition_is_printed_traced_and_checked_without_data(shop: MiniShop, typed: Typed) -> None:
    here = ["--project", str(shop.project_dir)]
    for engine, total in (("duckdb", "sum(qty)"), ("spark", "TRY_SUM(qty)")):
        printed = typed("sql", "gold.agg_daily", "--engine", engine, *here).stdout
        assert printed.startswith("-- model.sql\n")
        assert total in printed
    (node,) = json.loads(typed("lineage", "gold.agg_daily.qty", "--json", *here).stdout)
    assert node["made_from"] == ["silver.sales.qty"]
    checked = json.loads(typed("validate", "--json", *here).stdout)
    nothing = {"problems": [], "reading": [], "unchecked": [], "warnings": []}
    assert checked == {"project": "mini", "ok": True, "feeds": 2, "silver": 3, "gold": 2, **nothing}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("gold/agg_daily/model.sql", "sum(qty)", "foo(qty)"),
        ("gold/agg_daily/model.sql", "sum(qty)", "sum(quantity)"),
        ("silver/sales/contract.yaml", "qty <> 0", "quantity <> 0"),
    ],
)
def test_an_answer_that_leaves_out_what_is_defined_wrongly_says_so(
    shop: MiniShop, typed: Typed, file: str, old: str, new: str
) -> None:
    shop.edit(file, old, new)
    planned = typed("plan")
    assert (planned.returncode, "fail" in planned.stdout) == (2, True)
    for command in (["lineage", "gold.agg_daily"], ["sql", "gold.agg_daily"]):
        found = typed(*command)
        assert (found.returncode, "model.sql:1" in found.stderr or "contract.yaml:" in found.stderr) == (2, True)


def test_what_is_not_concerned_is_answered_as_ever(shop: MiniShop, typed: Typed) -> None:
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "foo(qty)")
    for command in (["lineage", "silver.clicks"], ["sql", "silver.clicks"]):
        assert (typed(*command).returncode, typed(*command).stderr) == (0, "")
    for command in (["lineage"], ["docs"]):
        found = typed(*command)
        assert (found.returncode, "warning gold.agg_daily is defined wrongly: " in found.stderr) == (2, True)
    assert (shop.root / "catalog.html").exists()


def test_docs_writes_a_page_or_a_folder_of_them(shop: MiniShop, typed: Typed) -> None:
    told = typed("docs", "-o", "catalog/")
    assert (told.returncode, told.stdout) == (
        0,
        f"wrote {len([*(shop.root / 'catalog').iterdir()])} pages: catalog/index.html\n",
    )
    assert typed("docs", "-o", "catalog").stdout == told.stdout  # a folder that is there is meant
    assert typed("docs", "-o", "page.html").stdout == "wrote page.html\n"
    refused = typed("docs", "-o", "page.html/")
    assert (refused.returncode, "cannot make the folder: File exists" in refused.stderr) == (2, True)
    nowhere = typed("docs", "-o", "")
    assert (nowhere.returncode, "names no file" in nowhere.stderr) == (2, True)


@pytest.mark.parametrize(("file", "role"), [("project.yaml", "steward"), ("gold/agg_daily/model.sql", "analyst")])
def test_what_is_there_is_answered_although_a_definition_is_broken(
    sold: MiniShop, typed: Typed, file: str, role: str
) -> None:
    (sold.project_dir / file).write_text("select (")
    asked = ("query", "select sum(qty) as qty from gold.agg_daily", "--format", "csv")
    if role == "steward":  # what of a table is public stands in the project
        assert typed(*asked).returncode == 2
    found = typed(*asked, "--role", role)
    assert (found.returncode, found.stdout, found.stderr) == (0, "qty\n3\n", "")
    assert typed("run").returncode == 2
