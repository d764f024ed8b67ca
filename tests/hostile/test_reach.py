"""SQL of a project reads the project's tables: it is refused when it names anything else, and would find nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from marketpulse import sql
from marketpulse.engines.duckdb import DuckEngine
from marketpulse.errors import DefinitionError, EngineError
from marketpulse.project.ordering import CHANGE_RELATIONS
from marketpulse.run.validate import validate
from tests.shop import MiniShop

#: Queries in which a step has the name of what is read where that step is not seen.
UNSEEN = [
    "with `{0}` as (select * from `{0}`) select id from `{0}`",
    "with a as (select id from `{0}`), `{0}` as (select 1 as id) select id from a",
    "with a as (select id from `{0}`) select id from (with `{0}` as (select 1 as id) select id from `{0}`) as b",
    "select id from (with `{0}` as (select 1 as id) select id from `{0}`) as b union all select id from `{0}`",
    "select 1 as id where exists (with `{0}` as (select 1 as id) select id from `{0}`) and 1 in (select id from `{0}`)",
    "with `{0}` as (select `{1}`.id from `{1}`), `{1}` as (select 1 as id) select id from `{0}`",
]
#: What an engine may be handed, and must not do.
RAW = [
    "select * from '{0}'",
    "select * from read_csv('{0}')",
    "select * from read_text('{0}')",
    "select * from read_blob('/proc/self/environ')",
    "select * from glob('{1}/*')",
    "select * from sniff_csv('{0}')",
    "select * from '{2}/../secret.csv'",
    "select * from '{2}/link/secret.csv'",
    "select * from 'http://127.0.0.1:1/x.csv'",
    "select * from 's3://other/x.parquet'",
    "select * from python_secret",
]
STATEMENTS = [
    "copy (select 1) to '{1}/out.csv'",
    "attach '{1}/other.db'",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "reset lock_configuration",
    "create secret (type s3)",
    "export database '{1}/all'",
]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("id\n123456\n")
    return path


@pytest.fixture
def confined(tmp_path: Path, secret: Path) -> Iterator[DuckEngine]:
    lake = tmp_path / "lake"
    lake.mkdir()
    (lake / "link").symlink_to(tmp_path)
    found = DuckEngine.open(256, 1, tmp_path / "scratch", places=[str(lake)])
    yield found
    found.close()


def _refused(query: str) -> DefinitionError:
    with pytest.raises(DefinitionError, match="which is no step of the query") as caught:
        sql.inputs(sql.parse(query), CHANGE_RELATIONS)
    return caught.value


@pytest.mark.parametrize("query", UNSEEN)
def test_a_step_is_read_only_where_it_is_seen(query: str, secret: Path) -> None:
    assert str(secret) in _refused(query.format(secret, f"{secret}.gz")).message


@pytest.mark.parametrize("query", UNSEEN)
def test_a_rule_reads_its_table_and_nothing_that_a_step_hides(query: str, secret: Path) -> None:
    counted = f"select (select count(*) from {{table}}) + count(*) as n from ({query.format(secret, 'x')}) as q"
    with pytest.raises(DefinitionError, match=r"a rule reads .table. only"):
        sql.measure(counted)


def test_a_rule_does_not_replace_the_table_it_measures() -> None:
    with pytest.raises(DefinitionError, match=r"does not read .table."):
        sql.measure("with {table} as (select 1 as a) select count(*) from {table}")


@pytest.mark.parametrize(
    "query",
    [
        "with `silver.sales` as (select 1 as id) select id from `silver.sales`",
        "with a as (select 1 as id), b as (select id from A) select id from b union all select id from a",
        "with a as (select 1 as id) select id from (select id from a where id in (select id from a)) as b",
        "with a as (with b as (select 1 as id) select id from b) select id from a",
    ],
)
def test_steps_are_no_tables(query: str) -> None:
    assert sql.inputs(sql.parse(query)) == ()


def test_a_step_of_a_tables_name_is_that_step_only_where_it_is_seen() -> None:
    query = "with changed as (select id from changed where id > 0) select id from changed"
    assert sql.inputs(sql.parse(query), CHANGE_RELATIONS) == ("changed",)
    assert sql.translate(query, sql.DUCKDB, {"changed": "v1"}) == (
        'WITH changed AS (SELECT id FROM "v1" AS changed WHERE id > 0) SELECT id FROM changed'
    )


def _model(shop: MiniShop, query: str) -> None:
    shop.write("gold/mart_total/model.sql", query.replace("select id", "select cast(id as int) as total_id"))


def _touches(shop: MiniShop, query: str) -> None:
    path = shop.root / "project/gold/agg_daily/contract.yaml"
    asked = query.replace("select id", "select cast(id as date) as id")
    path.write_text(path.read_text().replace("column: day}", f'touches: "{asked}"}}'))


def _rule(shop: MiniShop, query: str) -> None:
    path = shop.root / "project/silver/sales/contract.yaml"
    counted = f"select count(*) + (select count(*) from {{table}}) as n from ({query}) as q"
    rule = f'- {{name: leak, type: sql, query: "{counted}", mustBe: -1, severity: warn, description: x}}\n      - '
    path.write_text(path.read_text().replace("- {name: qty_not_zero", f"{rule}{{name: qty_not_zero"))


def _headline(shop: MiniShop, query: str) -> None:
    shop.write("headlines.yaml", f'headlines: [{{title: Leak, query: "{query}"}}]\n')


def _mapping(shop: MiniShop, query: str) -> None:
    shop.write("silver/sales/from_sales.sql", f"select id, day, qty, amount from bronze.sales where id in ({query})")


def _condition(shop: MiniShop, query: str) -> None:
    shop.edit("silver/sales/contract.yaml", "implementation: qty <> 0", f'implementation: "id not in ({query})"')


def _metric(shop: MiniShop, **said: str) -> None:
    metric = {"expression": "sum(qty)", "where": "qty > 0", **said}
    told = {"name": "n", "description": "d", "source": "gold.agg_daily", "time": "day", "unit": "count", **metric}
    shop.write("metrics/any.yaml", yaml.safe_dump({"metrics": [{**told, "additive": True}]}))


def _metric_where(shop: MiniShop, query: str) -> None:
    _metric(shop, where=f"day in ({query})")


def _metric_expression(shop: MiniShop, query: str) -> None:
    _metric(shop, expression=f"sum(case when day in ({query}) then 1 else 0 end)")


def _board(shop: MiniShop, query: str) -> None:
    shop.write("boards/any.yaml", yaml.safe_dump({"title": "B", "rows": [{"title": "R", "query": query}]}))


def test_these_places_are_right_without_it(shop: MiniShop) -> None:
    _metric(shop)
    _board(shop, "select line_count from gold.agg_daily")
    assert validate(shop.root / "project").ok


PLACES = [_model, _touches, _rule, _headline, _mapping, _condition, _metric_where, _metric_expression, _board]


@pytest.mark.parametrize("place", PLACES)
def test_validate_refuses_files_in_every_place_that_holds_sql(
    shop: MiniShop, secret: Path, place: Callable[[MiniShop, str], None]
) -> None:
    place(shop, UNSEEN[0].format(secret))
    found = validate(shop.root / "project")
    assert not found.ok
    told = [problem.message for problem in found.problems if problem.line]
    assert any(str(secret) in message or message.endswith("has a subquery") for message in told)


@pytest.mark.parametrize("query", [*RAW, *STATEMENTS])
def test_the_engine_itself_reaches_nothing_but_the_warehouse(
    confined: DuckEngine, tmp_path: Path, secret: Path, query: str
) -> None:
    python_secret = [secret.read_text()]
    with pytest.raises(EngineError) as caught:
        confined.rows(query.format(secret, tmp_path, tmp_path / "lake"))
    assert "123456" not in str(caught.value)
    assert python_secret
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("query", RAW)
def test_what_is_bound_views_and_copies_reaches_no_further(
    confined: DuckEngine, tmp_path: Path, secret: Path, query: str
) -> None:
    text = query.format(secret, tmp_path, tmp_path / "lake")
    with pytest.raises(EngineError):
        confined.rows(f"select * from {confined.define('leak', text)}")
    with pytest.raises(EngineError):
        confined.write(text, str(tmp_path / "lake" / "out"))


def test_the_warehouse_is_written_and_read(confined: DuckEngine, tmp_path: Path) -> None:
    paths = confined.write("select 7 as n", str(tmp_path / "lake" / "out"))
    assert confined.rows(f"select n from {confined.bind('out', {'n': 'int'}, paths)}") == [(7,)]
    with pytest.raises(EngineError):
        confined.write("select 7 as n", str(tmp_path / "elsewhere"))


def test_a_warehouse_may_be_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "lake").symlink_to(tmp_path / "real")
    engine = DuckEngine.open(256, 1, tmp_path / "scratch", places=[str(tmp_path / "lake")])
    paths = engine.write("select 7 as n", str(tmp_path / "lake" / "out"))
    assert engine.rows(f"select n from {engine.bind('out', {'n': 'int'}, paths)}") == [(7,)]
    engine.close()
