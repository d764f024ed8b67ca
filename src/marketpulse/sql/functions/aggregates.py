"""Aggregates and window functions."""

from __future__ import annotations

from marketpulse.sql.function import SORTED, Function, aggregate, window

_KEEP = "coalesce(list_filter({}, lambda _e: _e is not null), [])"
_INT = "cast({} as int)"

AGGREGATES = {
    "avg": aggregate(
        "avg({0})", note="a double in DuckDB, a decimal of decimals in Spark: cast the result", gives="double"
    ),
    "bool_and": aggregate("bool_and({0})"),
    "bool_or": aggregate("bool_or({0})"),
    "collect_list": aggregate("list({0})", around=_KEEP, note="only inside sort_array or array_sort", within=SORTED),
    "collect_set": aggregate(
        "list(distinct {0})", around=_KEEP, note="only inside sort_array or array_sort", within=SORTED
    ),
    "count": aggregate("count({0})", gives="whole"),
    "count_if": aggregate(
        "count(case when {0} then 1 end)", note="DuckDB's own is null where no condition is known", gives="whole"
    ),
    "every": aggregate("bool_and({0})"),
    "grouping": aggregate("grouping({0})"),
    "max": aggregate("max({0})"),
    "max_by": aggregate(
        "arg_max_null({0}, {1})", note="the value may be null; ties are refused by no one: make the order unique"
    ),
    "mean": aggregate("avg({0})", gives="double"),
    "min": aggregate("min({0})"),
    "min_by": aggregate("arg_min_null({0}, {1})", note="the value may be null; make the order unique"),
    "percentile": aggregate("quantile_cont(cast({0} as double), {1})", note="interpolated", gives="double"),
    "some": aggregate("bool_or({0})"),
    "stddev": aggregate("stddev_samp({0})", gives="double"),
    "stddev_pop": aggregate("stddev_pop({0})", gives="double"),
    "stddev_samp": aggregate("stddev_samp({0})", gives="double"),
    "sum": aggregate("sum({0})"),
    "var_pop": aggregate("var_pop({0})", gives="double"),
    "var_samp": aggregate("var_samp({0})", gives="double"),
    "variance": aggregate("var_samp({0})", gives="double"),
}

WINDOWS: dict[str, Function] = {
    "cume_dist": window("cume_dist()"),
    "dense_rank": window("dense_rank()", around=_INT),
    "first_value": window("first_value({0})"),
    "lag": window("lag({0})", "lag({0}, {1})", "lag({0}, {1}, {2})"),
    "last_value": window("last_value({0})"),
    "lead": window("lead({0})", "lead({0}, {1})", "lead({0}, {1}, {2})"),
    "nth_value": window("nth_value({0}, {1})"),
    "ntile": window("ntile({0})", around=_INT),
    "percent_rank": window("percent_rank()"),
    "rank": window("rank()", around=_INT),
    "row_number": window("row_number()", around=_INT, gives="whole"),
}
