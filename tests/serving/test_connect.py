"""What is printed to be pasted works as it is: each text is run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from marketpulse.errors import UsageError
from marketpulse.serving.connect import Recipe, Target, by_tool, recipes
from marketpulse.settings import Settings
from tests.command import marketpulse
from tests.readers import READER, duckdb_with_iceberg, need
from tests.shop import MiniShop
from tests.spark import catalog

#: Tools, by the beginning of their names, and the library that each needs.
TOOLS = {
    "marketpulse": "pandas", "PyIceberg": "pyiceberg", "PyIceberg, without": "pyiceberg", "pandas": "pandas",
    "Polars": "polars", "DuckDB, by": "duckdb", "Daft": "daft",
}  # fmt: skip


def built(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-05", "1,2026-01-01,2,0.1", "2,2026-01-02,3,0.2")
    assert shop.run().ok
    return shop


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """One for all who only read."""
    return built(MiniShop(tmp_path_factory.mktemp("connect")))


def texts(shop: MiniShop) -> list[Recipe]:
    with shop.open() as context:
        return recipes(context, "gold.agg_daily")


@contextlib.contextmanager
def pasted(recipe: Recipe) -> Iterator[object]:
    names: dict[str, object] = {}
    exec(recipe.text, names)
    try:
        yield names["rows"]
    finally:
        for name in ("catalog", "connection"):
            if name in names:
                names[name].close()


@pytest.mark.parametrize("tool", [pytest.param(t, marks=READER) if t in ("Polars", "Daft") else t for t in TOOLS])
def test_what_python_is_given_reads_the_table(sold: MiniShop, tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    need(TOOLS[tool])
    monkeypatch.setenv("POLARS_ICEBERG_PLANNER", "pyiceberg")
    with pasted(by_tool(texts(sold), tool)[0]) as rows:
        assert len(rows) == 2


def test_what_spark_is_told_is_what_it_is_tested_with(sold: MiniShop) -> None:
    (recipe,) = by_tool(texts(sold), "spark")
    assert dict(line.split(" ", 1) for line in recipe.text.splitlines()) == catalog(sold.settings.warehouse)


@READER
def test_duckdb_with_its_extension_reads_the_folder(sold: MiniShop) -> None:
    (_, recipe) = by_tool(texts(sold), "duckdb")
    query = recipe.text.splitlines()[-1].removesuffix(";")
    assert duckdb_with_iceberg(f"select count(*) from ({query})") == ["2"]


@READER
def test_chdb_reads_the_folder(sold: MiniShop) -> None:
    chdb = need("chdb")
    (recipe,) = by_tool(texts(sold), "chdb")
    with contextlib.chdir(recipe.note.rpartition(": ")[2]):
        assert len(str(chdb.query(recipe.text, "TSV")).splitlines()) == 2


def test_a_file_of_views_has_gold_as_it_is_now_and_says_of_when(shop: MiniShop) -> None:
    sold = built(shop)
    done = marketpulse(sold, "connect", "--duckdb", "lake.duckdb")
    assert (done.returncode, "make it again" in done.stdout) == (0, True), done.stderr
    before = sold.snapshots()
    sold.land_sales("2026-01-06", "3,2026-01-03,1,1")
    assert sold.run().ok
    with duckdb.connect(str(sold.root / "lake.duckdb"), read_only=True) as file:
        assert file.sql("select count(*), sum(amount) from gold.agg_daily").fetchall() == [(2, Decimal("0.3"))]
        made = dict(file.sql("select table_name, snapshot_id from made").fetchall())
    assert made == {name: snapshot for name, snapshot in before.items() if name.startswith("gold.")}
    assert marketpulse(sold, "connect", "--duckdb", "lake.duckdb").returncode == 0
    with duckdb.connect(str(sold.root / "lake.duckdb"), read_only=True) as file:
        assert file.sql("select count(*) from gold.agg_daily").fetchall() == [(3,)]
    assert list(sold.root.glob(".*.part")) == []
    for name, told in (
        ("Gold.duckdb", "call it otherwise"),
        ("nowhere/x.duckdb", "there is no folder nowhere"),
        ("", "it is a folder"),
    ):
        wrong = marketpulse(sold, "connect", "--duckdb", name)
        assert (wrong.returncode, told in wrong.stderr) == (2, True), wrong.stderr
    again = marketpulse(sold, "connect", "--duckdb", "of mine.duckdb", "--role", "steward").stdout
    assert "--duckdb 'of mine.duckdb' --role steward)" in again


def test_the_command_prints_whole_lines_and_tells_what_it_does_not_know(sold: MiniShop) -> None:
    shown = marketpulse(sold, "connect", "gold.agg_daily", "--for", "pandas", COLUMNS="40").stdout
    assert by_tool(texts(sold), "pandas")[0].text in shown
    found = json.loads(marketpulse(sold, "connect", "--json").stdout)
    assert {"tool", "language", "text", "note"} == set(found[0])
    wrong = marketpulse(sold, "connect", "gold.agg_dayly")
    assert (wrong.returncode, "did you mean gold.agg_daily?" in wrong.stderr) == (2, True)
    assert "for marketpulse, PyIceberg, pandas" in marketpulse(sold, "connect", "--for", "excel").stderr


def test_there_is_nothing_to_connect_to_before_the_first_run(shop: MiniShop) -> None:
    with shop.open() as context, pytest.raises(UsageError, match="no table of gold yet"):
        recipes(context)


def test_secrets_of_a_catalog_are_not_printed(tmp_path: Path) -> None:
    uri = "postgresql://me:hush@host/lake"
    given = {"type": "sql", "uri": uri, "s3.secret-access-key": "hush", "token": "hush"}
    target = Target(Settings(warehouse=tmp_path, catalog=given), "gold.x")
    assert "hush" not in str(target.catalog)
    assert target.catalog["uri"] == "postgresql://me:***@host/lake"
    lake = Target(Settings(warehouse="s3://lake-{layer}", namespace="lake_{layer}"), "gold.x")
    assert (lake.catalog, lake.identifier, lake.file) == ({"type": "glue"}, "lake_gold.x", None)
