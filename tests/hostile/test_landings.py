"""Whatever lies in a landing zone is its own problem; `make proof` tries many more (proofs/test_landings.py)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.landings import THINGS, Thing, survives, trying


@trying(4)
@given(st.lists(THINGS, min_size=8, max_size=25))
def test_whatever_lands_the_good_files_come_in_and_the_next_run_works(things: list[Thing]) -> None:
    survives(things, "silver.clicks")
