"""Aggregates."""

from tests.sql.cases.rows import NUMBERS, PAIRS

CASES: dict[str, list[tuple[str, object]]] = {
    "avg": [(f"avg(x) {NUMBERS}", 13 / 3)],
    "bool_and": [(f"bool_and(x > 1) {NUMBERS}", False)],
    "bool_or": [(f"bool_or(x > 1) {NUMBERS}", True)],
    "collect_list": [(f"sort_array(collect_list(x)) {NUMBERS}", [1, 2, 10])],
    "collect_set": [
        (f"sort_array(collect_set(v)) {PAIRS}", [7]),
        (f"sort_array(collect_set(v) filter (where o > 9)) {PAIRS}", []),
    ],
    "count": [(f"count(x) {NUMBERS}", 3), (f"count(*) {NUMBERS}", 4), (f"count(distinct g, v) {PAIRS}", 1)],
    "count_if": [
        (f"count_if(x > 1) {NUMBERS}", 2),
        ("count_if(x > 1) from (select cast(null as int) as x) as t", 0),
    ],
    "every": [(f"every(x > 0) {NUMBERS}", True)],
    "grouping": [("max(s) from (select grouping(x) as s from (select 1 as x) as t group by rollup (x)) as u", 1)],
    "max": [(f"max(x) {NUMBERS}", 10)],
    "max_by": [(f"max_by(v, o) {PAIRS}", 7), (f"max_by(x, o) {NUMBERS}", 1)],
    "mean": [(f"mean(x) {NUMBERS}", 13 / 3)],
    "min": [(f"min(x) {NUMBERS}", 1)],
    "min_by": [(f"min_by(v, o) {PAIRS}", None), (f"min_by(v, o) filter (where o > 1) {PAIRS}", 7)],
    "percentile": [(f"percentile(x, 0.5) {NUMBERS}", 2.0), (f"percentile(x, 0.75) {NUMBERS}", 6.0)],
    "some": [(f"some(x > 9) {NUMBERS}", True)],
    "stddev": [(f"stddev(v) {PAIRS}", 0.0)],
    "stddev_pop": [(f"stddev_pop(v) {PAIRS}", 0.0)],
    "stddev_samp": [(f"stddev_samp(x) filter (where x = 1) {NUMBERS}", None)],
    "sum": [(f"sum(x) {NUMBERS}", 13), (f"sum(x) filter (where x > 99) {NUMBERS}", None)],
    "var_pop": [(f"var_pop(v) {PAIRS}", 0.0)],
    "var_samp": [(f"var_samp(v) {PAIRS}", 0.0)],
    "variance": [(f"variance(v) {PAIRS}", 0.0)],
}
