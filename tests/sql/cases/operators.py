"""Operators: arithmetic, comparison, patterns."""

from datetime import datetime

T = datetime

CASES: dict[str, list[tuple[str, object]]] = {
    "/": [("7 / 2", 3.5), ("1 / 0", None), ("cast(1 as double) / 0", None), ("8 / 2 / 2", 2.0)],
    "div": [("7 div -2", -3), ("-7 div 2", -3), ("7 div 0", None), ("cast(7.5 as decimal(3, 1)) div 2", 3)],
    "%": [("-7 % 3", -1), ("7 % 0", None), ("(3 + 4) % 5", 2), ("2 * 3 % 4", 2)],
    "<=>": [("null <=> null", True), ("1 <=> null", False)],
    "||": [("'a' || 'b'", "ab"), ("'a' || null", None)],
    "nan": [("cast('NaN' as double) = cast('NaN' as double)", True), ("cast('NaN' as double) > 1", True)],
    "in": [("1 in (1, null)", True), ("2 in (1, null)", None), ("2 not in (1, 3)", True)],
    "between": [("2 between 1 and 2", True), ("2 not between 1 and 2", False)],
    "like": [
        ("'a_b' like 'a\\\\_b'", True),
        ("'axb' like 'a\\\\_b'", False),
        ("'A' like 'a'", False),
        ("'A' ilike 'a'", True),
        ("'axb' not like 'a%'", False),
        ("'axb' not like 'b%'", True),
        ("'A' not ilike 'a'", False),
        ("'a%b' not like 'a!%b' escape '!'", False),
        ("cast(null as string) not like 'a'", None),
        ("'a%b' like 'a!%b' escape '!'", True),
    ],
    "case": [("case when null = 1 then 1 else 2 end", 2), ("case 1 when 1 then 'x' end", "x")],
    "interval": [
        ("timestamp '2024-01-31 10:00:00' + interval 1 month", T(2024, 2, 29, 10)),
        ("timestamp '2024-01-31 10:00:00' - interval 90 minutes", T(2024, 1, 31, 8, 30)),
        ("date '2024-01-31' + interval 1 month = date '2024-02-29'", True),
    ],
    "rlike": [("'abc' rlike '^b'", False), ("rlike('abc', 'b.$')", True)],
}
