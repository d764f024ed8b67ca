"""What a model may not say is refused when the project loads: where, what, and what to do instead."""

from pathlib import Path

import pytest

from marketpulse import sql
from marketpulse.errors import DefinitionError
from marketpulse.sql.functions import FUNCTIONS, REFUSED

MODEL = Path("project/gold/agg_x/model.sql")


def refused(text: str) -> str:
    with pytest.raises(DefinitionError) as caught:
        load(text)
    return str(caught.value)


def load(text: str) -> None:
    query = sql.parse(text, MODEL)
    sql.inputs(query, path=MODEL)
    sql.check(query, MODEL)


def test_a_refusal_names_the_line_and_the_alternative():
    assert refused("select\n  a,\n  rand() as x\nfrom silver.a") == (
        "project/gold/agg_x/model.sql:3: rand() gives another answer each time"
        " (derive it from a key, for example with md5)"
    )


@pytest.mark.parametrize("name", sorted(set(REFUSED) - {"current_date", "current_timestamp", "localtimestamp"}))
def test_every_refused_function_names_itself(name):
    assert f":1: {name}() " in refused(f"select {name}(a) as x from silver.a")


def test_no_function_is_both_allowed_and_refused():
    assert not set(FUNCTIONS) & set(REFUSED)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("select * from silver.a", 1, "select * in the last select"),
        ("select 1 as a; select 2 as b", 1, "2 statements"),
        ("drop table silver.a", 1, "drop is no query"),
        ("insert into x select 1 as a", 1, "insert is no query"),
        ("select a,\n b + 1 from silver.a", 2, "column 2 has no name"),
        ("select a,\n b as a from silver.a", 2, "two columns are called a"),
        ("select a from t", 1, "reads t"),
        ("select a, b +\nfrom silver.a", 2, "not readable as SQL"),
        ("select a from silver.a limit 3", 1, "limit without order by"),
        ("select current_date as x", 1, "current_date gives another answer"),
        ("select\n current_timestamp() as x", 2, "current_timestamp() gives another answer"),
        ("select now() as x", 1, "now() gives another answer"),
        ("select collect_list(x) as y from silver.a", 1, "sort_array(collect_list"),
        ("select power(x, 2) as y from silver.a", 1, "round(power("),
        ("select round(x, 2) as y from silver.a", 1, "round(cast("),
        ("select round(sum(x), 2) as y from silver.a", 1, "round(cast("),
        ("select row_number() over (partition by a) as r from silver.a", 1, "row_number() without order by"),
        ("select first_value(a) over (partition by a) as r from silver.a", 1, "first_value() without order by"),
        ("select row_number() as r from silver.a", 1, "needs a window"),
        ("select a from silver.b qualify row_number() over (order by a) = 1", 1, "filter in the next one"),
        ("select a from silver.b tablesample (10 percent)", 1, "tablesample"),
        ("select a from silver.b group by 1", 1, "group by 1 counts columns"),
        ("select a from silver.b order by 1", 1, "order by 1 counts columns"),
        ("select a from silver.b natural join silver.c", 1, "natural join"),
        ("select a from silver.b group by a with rollup", 1, "write group by rollup"),
        ("select a, b from silver.b group by all", 1, "group by all"),
        ("select 'it''s' as a", 1, "for a quote inside a text"),
        ("select try_cast(a as timestamp_ntz) as x from silver.b", 1, "casts to timestamp_ntz"),
        ("select uper(a) as x from silver.b", 1, "did you mean upper()?"),
        ("select frobnicate(a) as x from silver.b", 1, "frobnicate() is not in the list"),
        ("select upper(a, b) as x from silver.b", 1, "upper() cannot take 2 arguments"),
        ("select cast(a as binary) as x from silver.b", 1, "casts to binary"),
        ("select regexp_extract(a, '(?=x)(y)') as x from silver.b", 1, "no look-around"),
        ("select regexp_extract(a, 'y') as x from silver.b", 1, "0 groups, not 1"),
        ("select regexp_replace(a, b, 'y') as x from silver.b", 1, "not a text literal"),
        ("select date_format(a, 'EEE') as x from silver.b", 1, "date pattern EEE"),
        ("select date_trunc('fortnight', a) as x from silver.b", 1, "unit fortnight"),
        ("select from_json(a, 'x INT') as x from silver.b", 1, "read as STRING, then try_cast"),
        ("select get_json_object(a, '$.a[*]') as x from silver.b", 1, "JSON path $.a[*]"),
        ("select a[b] as x from silver.b", 1, "use element_at"),
        ("select array(1, 2)[0] as x", 1, "element_at"),
        ("select trim(both 'x' from a) as b from silver.a", 1, "not readable"),
    ],
)
def test_refused(text, line, words):
    message = refused(text)
    assert message.startswith(f"{MODEL}:{line}: ")
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        "select a from silver.b where exists (select 1 from silver.c where c.id = b.id)",
        "select a from silver.b left semi join silver.c on c.id = b.id left anti join silver.d on d.id = b.id",
        "select a from silver.b union all select a from silver.c",
        "select a, sum(b) as s from silver.b group by rollup (a) having sum(b) > 0 order by a limit 3",
        "select lag(a, 1) over (partition by b order by c desc nulls last) as p from silver.b",
        "select max(a) over (partition by b) as m from silver.b",
        "select a from silver.b where a in (select a from silver.c) and not (b <=> c)",
    ],
)
def test_accepted(text):
    sql.check(sql.parse(text), MODEL)
