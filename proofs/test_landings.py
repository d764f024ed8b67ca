"""Whatever lies in a landing zone is its own problem, for many more landing zones than the tests try.

`MARKETPULSE_FUZZ` says how many (a hundred take some five minutes): an hour before a release.
"""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st
from tests.hostile.landings import THINGS, Thing, survives, trying


@trying(int(os.environ.get("MARKETPULSE_FUZZ", "200")))
@given(st.lists(THINGS, min_size=8, max_size=40))
def test_whatever_lands_the_good_files_come_in_and_the_next_run_works(things: list[Thing]) -> None:
    survives(things)
