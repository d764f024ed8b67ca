"""What the texts of a feed become in its mapping."""

from __future__ import annotations

import pytest

from marketpulse import sql

TYPES = {"price": "decimal(18,2)", "sold_at": "timestamp", "sold_date": "date", "name": "string", "pieces": "int"}


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("select p as price, n as name from bronze.t", {"p": {"number"}}),
        ("select trim(P) as price from bronze.t", {"p": {"number"}}),
        ("select coalesce(a, nullif(b, c), '0') as price from bronze.t", {"a": {"number"}, "b": {"number"}}),
        ("select case when kind = 'r' then concat('-', q) else q end as pieces from bronze.t", {"q": {"number"}}),
        ("select if(kind = 'r', a, b) as price from bronze.t", {"a": {"number"}, "b": {"number"}}),
        ("select case kind when 'r' then a end as price from bronze.t", {"a": {"number"}}),
        ("select cast(cast(d as timestamp) as date) as sold_date from bronze.t", {"d": {"timestamp"}}),
        ("select d as sold_date, d as sold_at from bronze.t", {"d": {"date", "timestamp"}}),
        ("select cast(cast(a as int) + 1 as string) as name from bronze.t", {"a": {"number"}}),
        ("select name from bronze.t where try_cast(q as int) > 0", {"q": {"number"}}),
        ("with s as (select p as x, * from bronze.t) select x as price, q as pieces from s", {
            "p": {"number"}, "q": {"number"},
        }),
        ("select n as name from (select cast(p as double) as r, n from bronze.t) as s where r > 0", {"p": {"number"}}),
        ("select '0' as price from bronze.t", {}),
        ("select length(n) as pieces from bronze.t", {}),
        ("select to_date(d) as sold_date from bronze.t", {"d": {"date"}}),
        ("select to_date(d, 'dd.MM.yyyy') as sold_date from bronze.t", {"d": {"read"}}),
        ("select replace(replace(p, '.', ''), ',', '.') as price from bronze.t", {"p": {"number", "read"}}),
        (r"select translate(p, ',', '.') as price, regexp_replace(q, '[.]', '') as pieces from bronze.t", {
            "p": {"number", "read"}, "q": {"number", "read"},
        }),
        ("select replace(p, '-', '') as price, regexp_replace(q, '.x', '') as pieces from bronze.t", {
            "p": {"number"}, "q": {"number"},
        }),
    ],
)  # fmt: skip
def test_a_column_is_what_is_made_of_it(text: str, uses: dict[str, set[str]]) -> None:
    assert sql.text_uses(sql.parse(text), "bronze.t", TYPES) == uses
