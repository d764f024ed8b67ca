"""Window functions."""

from tests.sql.cases.rows import NUMBERS

CASES: dict[str, list[tuple[str, object]]] = {
    **{
        name: [(f"sort_array(collect_list(w)) from (select {call} over (order by o) as w {NUMBERS}) as u", value)]
        for name, call, value in [
            ("cume_dist", "cume_dist()", [0.25, 0.5, 0.75, 1.0]),
            ("dense_rank", "dense_rank()", [1, 2, 3, 4]),
            ("first_value", "first_value(o)", [1, 1, 1, 1]),
            ("lag", "lag(o)", [1, 3, 4]),
            ("last_value", "last_value(o)", [1, 3, 4, 5]),
            ("lead", "lead(o, 1, 9)", [3, 4, 5, 9]),
            ("nth_value", "nth_value(o, 2)", [3, 3, 3]),
            ("ntile", "ntile(2)", [1, 1, 2, 2]),
            ("percent_rank", "percent_rank()", [0.0, 1 / 3, 2 / 3, 1.0]),
            ("rank", "rank()", [1, 2, 3, 4]),
            ("row_number", "row_number()", [1, 2, 3, 4]),
        ]
    },
    "ignore nulls": [
        (
            "max(s) from (select last_value(x) ignore nulls over (order by o desc) as s, o "
            f"{NUMBERS}) as u where o = 1",
            2,
        ),
    ],
    "frame": [
        (
            "max(s) from (select sum(x) over (order by cast(o as timestamp) "
            "range between interval 1 second preceding and current row) as s from "
            "(select 1 as x, 1 as o union all select 2, 2 union all select 4, 4) as t) as u",
            4,
        ),
        (
            "max(s) from (select sum(x) over (order by x rows between 1 preceding and current row) as s "
            f"{NUMBERS}) as u",
            12,
        ),
        (f"max(s) from (select lag(x) over (order by x desc) as s {NUMBERS}) as u", 10),
    ],
}
