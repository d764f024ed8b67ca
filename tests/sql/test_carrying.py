"""A mapping of a feed is row-wise, and each row says where it came from."""

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError

LINEAGE = ["_source_file", "_source_row"]


@pytest.mark.parametrize(
    ("text", "carried"),
    [
        (
            "select trim(id) as id from bronze.web where id is not null",
            "SELECT TRIM(id) AS id, _source_file, _source_row FROM bronze.web WHERE NOT id IS NULL",
        ),
        (
            "with raw as (select * from bronze.web), typed as (select id from raw) select id from typed",
            "WITH raw AS (SELECT * FROM bronze.web), typed AS (SELECT id, _source_file, _source_row FROM raw)"
            " SELECT id, _source_file, _source_row FROM typed",
        ),
        (
            "select id from (select id from bronze.web) as inner_rows",
            "SELECT id, _source_file, _source_row FROM (SELECT id, _source_file, _source_row FROM bronze.web)"
            " AS inner_rows",
        ),
        (
            "select _source_row, id from bronze.web",
            "SELECT _source_row, id, _source_file FROM bronze.web",
        ),
    ],
)
def test_carry(text, carried):
    query = sql.parse(text)
    assert sql.carry(query, LINEAGE, "bronze.web").sql("spark") == carried
    assert "_source_file" not in query.sql("spark")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("select sum(a) as a from bronze.web", "sum()"),
        ("select distinct a from bronze.web", "distinct"),
        ("select a from bronze.web group by a", "group"),
        ("select a from bronze.web order by a", "order"),
        ("select a from bronze.web order by a limit 1", "order"),
        ("select explode(a) as a, explode(b) as b from bronze.web", "explode()"),
        ("select explode(a) as a from (select a from bronze.web) as web", "explode()"),
        ("select size(explode(a)) as a from bronze.web", "explode()"),
        ("select v from bronze.web lateral view explode(a) e as v", "lateral view"),
        ("select a from bronze.web union all select a from bronze.web", "union"),
        ("select a from bronze.web join bronze.web as b on true", "join"),
        ("select row_number() over (order by a) as a from bronze.web", "a window"),
        ("select a from bronze.web where a in (select a from bronze.web)", "a subquery"),
        ("select a from bronze.other", "reads bronze.web only"),
        ("select upper(_source_row) as _source_row from bronze.web", "a column of the platform"),
    ],
)
def test_what_is_not_row_wise_is_refused(text, words):
    with pytest.raises(DefinitionError) as caught:
        sql.carry(sql.parse(text), LINEAGE, "bronze.web")
    assert words in str(caught.value)
