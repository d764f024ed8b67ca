"""What an expression is certain to give: what is not certain is not said."""

import pytest

from marketpulse import sql
from marketpulse.sql.kinds import is_decimal, is_double, is_text, is_whole

KINDS = {"double": is_double, "decimal": is_decimal, "text": is_text, "whole": is_whole}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a", set()),
        ("a + b", set()),
        ("a / b", {"double"}),
        ("(a / b) * 2", {"double"}),
        ("-cast(a as double)", {"double"}),
        ("avg(a)", {"double"}),
        ("avg(a) over (partition by b)", {"double"}),
        ("sum(a) filter (where b)", set()),
        ("cast(a as decimal(18, 4))", {"decimal"}),
        ("1.5", {"decimal"}),
        ("7", {"decimal", "whole"}),
        ("cast(a as bigint)", {"whole"}),
        ("count(*)", {"whole"}),
        ("row_number() over (order by a)", {"whole"}),
        ("'x'", {"text"}),
        ("a || b", {"text"}),
        ("upper(a)", {"text"}),
        ("coalesce(upper(a), b)", {"text"}),
        ("coalesce(a, upper(b))", set()),
        ("cast(a as string)", {"text"}),
    ],
)
def test_kinds_of_an_expression(text, kinds):
    node = sql.parse(f"select {text} as x from silver.a").selects[0].this
    assert {name for name, is_kind in KINDS.items() if is_kind(node)} == kinds
