"""What a query reads is found wherever it hides, by the engine's own parser."""

from __future__ import annotations

import json

import duckdb
import pytest

from marketpulse.engines.syntax import refuse_beside
from marketpulse.errors import UsageError

TABLES = ("gold.x", "gold.y")
READS = """\
select * from gold.x
from GOLD.X select a
with a as (select 1 x) select * from a, range(3), unnest([1, 2])
with a as (select 1 x), b as (select x from a) select (select max(x) from a) from b order by (select x from a)
with a as (select 1 x), b as (with a as (select 2 x) select x from a) select * from a union select * from b
with recursive a as (select 1 x union all select x + 1 from a where x < 3) select * from a join gold.x using (x)
select * from gold.x g left join gold.y on true where a in (select b from gold.x) union all select 1 except select 2
select * from (values (1)) v(a)
select * from gold.x pivot (sum(a) for b in ('c'))
select * from gold.x asof join gold.y using (x)
select 'read_parquet(''a'')', "glob" from gold.x
select * from (describe gold.x)
summarize gold.x
describe select * from gold.x order by all"""
REACHES_OUT = """\
select * from '/a/x.parquet'
from 'x.parquet'
with "/a/x.parquet" as (select 1) select * from (select * from '/a/x.parquet')
with "x.parquet" as (select 1) select * from "x.parquet"
with duckdb_views as (select * from duckdb_views) select * from duckdb_views
with recursive duckdb_views as (select sql from duckdb_views) select * from duckdb_views
with recursive duckdb_views as (select sql from duckdb_views union select 'x' from duckdb_views) select 1
with a as (select * from sqlite_master), sqlite_master as (select 1 x) select * from a
select * from (with duckdb_views as (select 1 x) select x from duckdb_views) a, duckdb_views
select 1 from gold.x where exists (with a as (select 1) select 1 from a) and exists (from a)
select * from gold.z
select * from x
select * from memory.gold.x
select * from read_parquet('/a')
select * from parquet_scan('/a')
select (select content from read_text('/a'))
select * from (from read_csv('/a'))
select x from gold.x where exists (select 1 from glob('*'))
select x from gold.x order by (select count(*) from glob('*'))
select * from gold.x limit (select count(*) from glob('*'))
select count(*) filter (where a in (select * from glob('x'))) from gold.x
select 1 from gold.x qualify row_number() over (order by (select 1 from glob('x'))) = 1
select list_transform([1], lambda v: (select count(*) from glob('*')))
select * from gold.x semi join read_blob('a') on true
select * from gold.x positional join glob('x')
select * from gold.x, lateral (select * from glob(a))
select 1 union all select count(*) from glob('*')
with a as (select * from glob('*')) select 1
select * from query('select 1')
select * from query_table('gold.x')
select * from duckdb_views()
select * from duckdb_views
select * from information_schema.tables
select * from sniff_csv('x')
table 'x.parquet'
describe select * from read_parquet('x')
summarize 'x.parquet'
from (show databases)
describe 'x.parquet'
show tables
pivot gold.x on y using sum(z)
explain select 1
call glob('*')
not sql at all"""


def tree(query: str) -> dict[str, object]:
    with duckdb.connect() as connection:
        return json.loads(connection.execute("select json_serialize_sql(?::varchar)", [query]).fetchall()[0][0])


@pytest.mark.parametrize("query", READS.splitlines())
def test_tables_and_what_is_made_of_them_are_read(query: str) -> None:
    refuse_beside(tree(query), TABLES)


@pytest.mark.parametrize("query", REACHES_OUT.splitlines())
def test_anything_else_is_refused(query: str) -> None:
    with pytest.raises(UsageError):
        refuse_beside(tree(query), TABLES)
