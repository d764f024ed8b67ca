"""Arrays, structures, maps and conditions."""

from datetime import date

CASES: dict[str, list[tuple[str, object]]] = {
    "aggregate": [
        ("aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)", 6),
        ("aggregate(array(1, null, 3), 0, (acc, x) -> acc + x)", None),
    ],
    "array": [("array(1, 2)", [1, 2])],
    "array_contains": [
        ("array_contains(array(1, null), 1)", True),
        ("array_contains(array(1, null), 2)", None),
        ("array_contains(array(1), 2)", False),
    ],
    "array_join": [("array_join(array('a', null, 'b'), ',')", "a,b")],
    "array_max": [("array_max(array(1, null, 3))", 3)],
    "array_min": [("array_min(array(1, null, 3))", 1)],
    "array_size": [("array_size(array(1))", 1)],
    "array_sort": [("array_sort(array(2, null, 1))", [1, 2, None])],
    "cardinality": [("cardinality(array(1, 2))", 2)],
    "coalesce": [("coalesce(null, 2)", 2)],
    "element_at": [
        ("element_at(array(1, 2), -1)", 2),
        ("element_at(map('a', 1), 'a')", 1),
        ("element_at(array(1), 5)", None),
    ],
    "exists": [
        ("exists(array(1, 2), x -> x > 1)", True),
        ("exists(array(), x -> x is null)", False),
        ("exists(array(1, null), x -> x > 1)", None),
    ],
    "explode": [("explode(array(3))", 3)],
    "filter": [("filter(array(1, 2, 3), x -> x > 1)", [2, 3])],
    "flatten": [("flatten(array(array(1), array(2)))", [1, 2])],
    "forall": [("forall(array(1, 2), x -> x > 0)", True), ("forall(array(1, 2), x -> x > 1)", False)],
    "greatest": [("greatest(1, null)", 1), ("greatest('a', 'b')", "b")],
    "if": [("if(null, 1, 2)", 2)],
    "ifnull": [("ifnull(null, 1)", 1)],
    "isnotnull": [("isnotnull(1)", True)],
    "isnull": [("isnull(1)", False)],
    "least": [("least(2, null, 1)", 1)],
    "map": [("map('a', 1)['a']", 1), ("map('a', 1)['b']", None)],
    "map_keys": [("map_keys(map('a', 1))", ["a"])],
    "map_values": [("map_values(map('a', 1))", [1])],
    "named_struct": [("named_struct('a', 1, 'b', 'x').b", "x")],
    "nullif": [("nullif(1, 1)", None), ("nullif('', '')", None)],
    "nvl": [("nvl(null, 1)", 1)],
    "nvl2": [("nvl2(null, 1, 2)", 2)],
    "posexplode": [
        ("max(p * 10 + v) from (select array(5, 6) as a) as t lateral view posexplode(a) e as p, v", 16),
        ("count(*) from (select array() as a) as t lateral view outer explode(a) e as v", 1),
        ("count(*) from (select array() as a) as t lateral view explode(a) e as v", 0),
    ],
    "sequence": [
        ("sequence(1, 3)", [1, 2, 3]),
        ("sequence(date '2024-01-01', date '2024-01-02', interval 1 day)", [date(2024, 1, 1), date(2024, 1, 2)]),
    ],
    "size": [("size(array(1, 2))", 2), ("size(from_json('', 'a ARRAY<STRING>').a)", -1)],
    "slice": [("slice(array(1, 2, 3), 2, 5)", [2, 3])],
    "sort_array": [("sort_array(array(2, null, 1))", [None, 1, 2])],
    "transform": [("transform(array(1, 2), x -> x * 2)", [2, 4])],
}
