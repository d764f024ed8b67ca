"""Gold grown in portions is gold rebuilt, for many more histories than the tests try."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.retail.test_piecemeal import check_alone, check_grown

#: A seed is a history: each run tries others, and smaller ones are not simpler.
_many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
_seeds = given(st.integers(0, 10**9))


@_many
@_seeds
def test_any_order_and_split_of_arrivals_gives_the_tables_of_a_rebuild(seed: int) -> None:
    check_grown(seed)


@_many
@_seeds
def test_a_bucket_made_alone_is_the_one_of_the_whole_table(seed: int) -> None:
    check_alone(seed)
