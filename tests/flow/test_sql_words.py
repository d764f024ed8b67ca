"""Names that are SQL words work everywhere: a project whose feeds, tables and columns have no other names."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from marketpulse.project.lineage import trace
from marketpulse.run.validate import validate
from marketpulse.serving.catalog.write import write_catalog
from marketpulse.serving.query import stream
from marketpulse.serving.redshift.plan import Options, ddl
from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import replay
from tests.command import marketpulse
from tests.shop import MiniShop, contract

pytestmark = pytest.mark.engines(always=False)

RULES = (
    "{name: where, type: custom, engine: marketpulse, implementation: '`values` > 0 and `desc` <> `all`',"
    " severity: quarantine, description: nothing was said}\n"
    "      - {name: having, type: custom, implementation: '`table` is null or `table` like ''t%''', severity: warn,"
    " description: an odd table}\n"
    "      - {name: union, type: sql, query: 'select count(*) from {table} where `values` < 0 or `select` = `user`',"
    " mustBe: 0, severity: fail, description: two words in one}"
)
FILES = {
    "project.yaml": "name: words\n",
    "sources/end.yaml": "name: end\ndescription: Ends.\nowner: all\nformat: csv\nrequired: [select, from]\n",
    "sources/values.yaml": "name: values\ndescription: Values.\nowner: all\nformat: ndjson\n",
    "silver/order/from_end.sql": (
        "with `union` as (select `select`, `from`, `user`, `values`, `timestamp`, `desc`, `all`, `table`, `primary`"
        " from bronze.`end`)\n"
        "select u.`select`, `from`, `user`, cast(`values` as decimal(9,2)) as `values`, `timestamp`, `desc`, `all`,"
        " `table`, `primary` from `union` as u where `select` <> 'skip'\n"
    ),
    "silver/user/from_values.sql": (
        "select get_json_object(raw, '$.user') as `user`, get_json_object(raw, '$.from') as `from`,"
        " get_json_object(raw, '$.group') as `group` from bronze.`values`\n"
    ),
    "gold/group/model.sql": (
        "select `order`.`select`, `order`.`from`, count(*) as `count`, sum(`values`) as `values`,"
        " coalesce(max(`to`.`group`), 'not') as `group`\n"
        "from silver.`order` left join silver.`user` as `to`\n"
        "  on `to`.`user` = `order`.`user` and `to`.`end` group by `order`.`select`, `order`.`from`\n"
    ),
    "gold/select/model.sql": (
        "select `from`, `group` as `table`, sum(`values`) as `all` from gold.`group` group by `from`, `group`\n"
    ),
    "headlines.yaml": (
        "headlines:\n  - title: order by\n    bar: all\n"
        "    query: select `table`, sum(`all`) as `all` from gold.`select` group by `table` order by `table`\n"
    ),
}
CONTRACTS = {
    "silver.order": (
        [
            ("select", "string", "key"),
            ("from", "date", "bucket"),
            ("user", "string", "required"),
            ("values", "decimal(9,2)", "required"),
            ("timestamp", "timestamp", ""),
            ("desc", "string", ""),
            ("all", "string", ""),
            ("table", "string", ""),
            ("primary", "string", "unique"),
        ],
        "{property: merge, value: {policy: first, orderBy: [timestamp, desc]}}",
        RULES,
    ),
    "silver.user": (
        [
            ("user", "string", "key"),
            ("from", "timestamp", "key"),
            ("to", "timestamp", ""),
            ("end", "boolean", ""),
            ("group", "string", ""),
        ],
        "{property: merge, value: {policy: latest}}\n  - {property: history,"
        " value: {entity: [user], validFrom: from, validTo: to, isCurrent: end}}",
        "",
    ),
    "gold.group": (
        [
            ("select", "string", "key"),
            ("from", "date", "bucket"),
            ("count", "long", "required"),
            ("values", "decimal(18,2)", ""),
            ("group", "string", ""),
        ],
        "{property: inputs, value: [{table: silver.order, column: from, apart: select}, {table: silver.user, touches:"
        " 'select distinct o.`from` from silver.`order` o join changed on changed.`user` = o.`user`'}]}",
        "{name: with, type: custom, implementation: '`count` > 0', severity: fail, description: nothing}\n"
        "      - {name: when, type: sql, query: 'select sum(`count`) from {table}', mustBeGreaterThan: 0,"
        " severity: fail, description: nothing}",
    ),
    "gold.select": (
        [("from", "date", "key bucket"), ("table", "string", "key"), ("all", "decimal(18,2)", "")],
        "{property: inputs, value: [{table: gold.group, column: from}]}",
        "",
    ),
}
HEAD = "select,from,user,values,timestamp,desc,all,table,primary\n"


@pytest.fixture
def words(shop: MiniShop) -> MiniShop:
    """A project of SQL words, with two days of its feeds landed."""
    shop.project_dir = shop.root / "words"
    for path, text in FILES.items():
        shop.write(path, text)
    for name, (columns, custom, rules) in CONTRACTS.items():
        shop.write(f"{name.replace('.', '/')}/contract.yaml", contract(name, columns, custom, rules))
    shop.land(
        "end/ingest_date=2026-01-01/a.csv",
        HEAD + "a,2026-01-01,u,1.50,2026-01-01T10:00:00Z,x,y,t1,p1\na,2026-01-02,u,9,2026-01-01T09:00:00Z,x,y,t1,p2\n"
        "b,2026-01-02,v,2,2026-01-02T10:00:00Z,x,y,odd,p3\nc,2026-01-02,v,0,,x,y,,\nd,no day,v,1,,x,y,,\n",
    )
    shop.land("values/ingest_date=2026-01-01/a.json", '{"user":"u","from":"2026-01-01T00:00:00Z","group":"g1"}\n')
    return shop


def test_they_are_built_and_rebuilt(words: MiniShop) -> None:
    assert validate(words.project_dir).problems == ()
    report = words.run()
    assert report.ok, [(table.name, table.message) for table in report.tables]
    assert words.rows("gold.group") == [
        ("a", date(2026, 1, 2), 1, Decimal("9.00"), "g1"),
        ("b", date(2026, 1, 2), 1, Decimal("2.00"), "not"),
    ]
    words.land(
        "values/ingest_date=2026-01-02/a.json",
        '{"user":"v","from":"2026-01-02T00:00:00Z","group":"g2"}\n{"user":"u","from":"2026-01-02T00:00:00Z"}\n',
    )
    words.land("end/ingest_date=2026-01-03/a.csv", HEAD + "b,2026-01-03,v,7,2026-01-01T00:00:00Z,x,y,t2,p4\n")
    assert words.run().ok
    assert words.rows("silver.user")[0] == ("u", datetime(2026, 1, 1), datetime(2026, 1, 2), False, "g1")
    incremental = words.rows("gold.group"), words.rows("gold.select")
    assert incremental[0] == [
        ("a", date(2026, 1, 2), 1, Decimal("9.00"), "not"),
        ("b", date(2026, 1, 3), 1, Decimal("7.00"), "g2"),
    ]
    assert words.run(full_refresh=True, chunk_rows=1 if words.settings.engine == "duckdb" else 0).ok
    assert (words.rows("gold.group"), words.rows("gold.select")) == incremental


@pytest.mark.engines(always=False)
def test_rejected_rows_are_told_and_replayed(words: MiniShop) -> None:
    words.run()
    reasons = sorted(json.loads(row[8])[0]["message"] for row in words.rows("silver.quarantine"))
    assert reasons == ["from is not a date", "nothing was said"]
    words.edit("silver/order/contract.yaml", "`values` > 0 and", "`values` >= 0 and")
    with words.open() as context:
        done = replay(context, Filter(table="silver.order", rule="where"))
    assert [(each.tried, each.passed) for each in done] == [(1, 1)]
    assert [row[0] for row in words.rows("silver.order")] == ["a", "b", "c"]


@pytest.mark.engines(always=False)
def test_a_value_that_is_unique_is_not_merged_twice(words: MiniShop) -> None:
    words.run()
    words.land("end/ingest_date=2026-01-04/a.csv", HEAD + "z,2026-01-09,u,1,,x,y,t1,p3\n")
    told = {table.name: table for table in words.run().tables}["silver.order"]
    assert (told.status, "1 values of primary, which is unique" in (told.message or "")) == ("blocked", True)


def test_they_are_read_and_described(words: MiniShop, tmp_path: Path) -> None:
    words.run()
    project = words.project()
    assert trace(project, "gold.group.values")[0].made_from == ["silver.order.values"]
    assert trace(project, "silver.order.select")[0].makes == ["gold.group.select"]
    with words.open() as context:
        write_catalog(context, tmp_path / "catalog.html")
        found = stream(context, 'select "select", "from" from gold."group" order by 1').read_all()
    assert found.column("select").to_pylist() == ["a", "b"]
    assert "gold.group" in (tmp_path / "catalog.html").read_text(encoding="utf-8")
    created = "\n".join(each.sql for each in ddl(project, Options("words", "default", tables=("gold.group",))))
    assert (
        '("select", "from", count, "values", "group") select "select", "from", count, "values", "group" from' in created
    )
    assert '"values" numeric(18,2), "group" varchar(65535), primary key ("select")' in created
    printed = marketpulse(words, "sql", "gold.group", MARKETPULSE_ENGINE="duckdb").stdout
    assert 'silver."order"' in printed
    told = marketpulse(words, "headlines", "--json", MARKETPULSE_ENGINE="duckdb").stdout
    assert [row[0] for row in json.loads(told)[0]["rows"]] == ["g1", "not"]
