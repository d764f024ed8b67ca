"""Functions that are refused, why, and what to write instead."""

from __future__ import annotations

_AGAIN = "gives another answer each time"
_NOW = "the business time of the row, or the date of a bucket, comes from a column"
_ORDER = "depends on the order of the rows"
_ENGINE = "is computed differently by each engine"

REFUSED: dict[str, tuple[str, str]] = {
    "any_value": (_ORDER, "use min, max, or max_by with a unique order"),
    "approx_count_distinct": (_ENGINE, "use count(distinct …)"),
    "approx_percentile": (_ENGINE, "use percentile(…), which is exact"),
    "array_agg": (_ORDER, "use sort_array(collect_list(…))"),
    "corr": (_ENGINE, "compute it from sums"),
    "crc32": (_ENGINE, "use md5(…) or sha2(…, 256)"),
    "current_catalog": (_AGAIN, "leave it out"),
    "current_date": (_AGAIN, _NOW),
    "current_timestamp": (_AGAIN, _NOW),
    "current_timezone": ("is another one elsewhere", "name the zone: from_utc_timestamp(…, 'Europe/Berlin')"),
    "current_user": (_AGAIN, "leave it out"),
    "first": (_ORDER, "use min_by(value, order) or first_value(…) over (… order by …)"),
    "hash": (_ENGINE, "use md5(…) or sha2(…, 256)"),
    "input_file_name": (_ENGINE, "read _source_file"),
    "json_tuple": (_ENGINE, "use get_json_object(…)"),
    "last": (_ORDER, "use max_by(value, order) or last_value(…) over (… order by …)"),
    "localtimestamp": (_AGAIN, _NOW),
    "median": (_ENGINE, "use percentile(…, 0.5)"),
    "mode": (_ORDER, "count, then max_by with a unique order"),
    "monotonically_increasing_id": (_AGAIN, "derive it from a key, for example with md5"),
    "months_between": (_ENGINE, "use timestampdiff(month, start, end)"),
    "now": (_AGAIN, _NOW),
    "percentile_approx": (_ENGINE, "use percentile(…), which is exact"),
    "rand": (_AGAIN, "derive it from a key, for example with md5"),
    "randn": (_AGAIN, "derive it from a key, for example with md5"),
    "random": (_AGAIN, "derive it from a key, for example with md5"),
    "shuffle": (_AGAIN, "use sort_array(…)"),
    "spark_partition_id": (_AGAIN, "leave it out"),
    "struct": ("names its fields differently on each engine", "use named_struct('name', value, …)"),
    "to_json": (_ENGINE, "select the fields as columns"),
    "uuid": (_AGAIN, "derive it from a key, for example with md5"),
    "window": (_ENGINE, "use date_trunc(…)"),
    "xxhash64": (_ENGINE, "use md5(…) or sha2(…, 256)"),
    **{
        name: ("is a cast by another name", f"write try_cast(… as {name})")
        for name in ("bigint", "boolean", "decimal", "double", "float", "int", "smallint", "string", "tinyint")
    },
}
