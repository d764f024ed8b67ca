"""Rows that cases of several kinds read."""

NUMBERS = "from (select 1 as x, 5 as o union all select 2, 3 union all select 10, 4 union all select null, 1) as t"
PAIRS = (
    "from (select 'a' as g, cast(null as int) as v, 1 as o union all select 'a', 7, 2 union all select 'a', 7, 3) as t"
)
