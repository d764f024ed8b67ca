"""An aggregate by itself: what it may say, and whether its parts add up."""

from __future__ import annotations

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.sql.aggregating import adds_up, parsed_aggregate, row_columns


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a + 1", "is no aggregate"),
        ("sum(a) + b", "b is in no aggregate"),
        ("sum(a) over (partition by b)", "has a window"),
        ("sum(case when exists (select 1 from gold.x) then 1 end)", "has a subquery"),
        ("sum(a), sum(b)", "is not one expression"),
        ("sum(a) from gold.secrets", "is not one expression"),
        ("sum(a) as b from gold.secrets --", ""),
        ("1; select 2", "2 statements"),
        ("sum(random())", "random() gives another answer each time"),
        ("nobody_knows(a)", "nobody_knows() is not in the list of functions"),
    ],
)
def test_anything_else_is_refused(text: str, told: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parsed_aggregate(text)
    assert told in str([each.message for each in refused.value.each])


@pytest.mark.parametrize(
    ("text", "adds"),
    [
        ("count(*)", True),
        ("sum(a) - sum(b)", True),
        ("-(sum(a) + count_if(b > 1))", True),
        ("sum(a) * 100", True),
        ("sum(a * b) filter (where c)", True),
        ("case when count(*) = count(a) then sum(a) end", True),
        ("coalesce(sum(a), 0)", True),
        ("case when count(*) > 1 then sum(a) else 5 end", False),
        ("sum(a) / count(*)", False),
        ("sum(a) * sum(b)", False),
        ("max(a)", False),
        ("avg(a)", False),
        ("count(distinct a)", False),
        ("sum(a) + max(b)", False),
    ],
)
def test_parts_add_up_only_where_they_certainly_do(text: str, adds: bool) -> None:
    assert adds_up(parsed_aggregate(text)[0]) is adds


def test_columns_are_those_of_the_rows() -> None:
    tree, _ = parsed_aggregate("sum(size(filter(items, x -> x > least)))")
    assert sorted(column.name for column in row_columns(tree)) == ["items", "least"]
