"""Whatever lies in a landing zone is its own problem, for an hour (`FUZZ_MINUTES`) of landing zones.

Each round has a seed of its own, which a failure names: `FUZZ_SEED` begins with that one.
"""

from __future__ import annotations

import os
import secrets
import time

import pytest
from hypothesis import given, note, seed
from hypothesis import strategies as st
from tests.hostile.landings import THINGS, Thing, survives, trying

MINUTES = float(os.environ.get("FUZZ_MINUTES", "60"))
#: Landing zones of one seed.
ROUND = 10


@pytest.mark.timeout(MINUTES * 60 + 1_800)
def test_whatever_lands_the_good_files_come_in_and_the_next_run_works() -> None:
    ends, tried = time.monotonic() + MINUTES * 60, 0
    number = int(os.environ.get("FUZZ_SEED") or secrets.randbits(32))
    while tried == 0 or time.monotonic() < ends:
        tried += _round(number)
        number = secrets.randbits(32)
    print(f"{tried} landing zones in {MINUTES:g} minutes")


def _round(number: int) -> int:
    """Landing zones of one seed; how many."""
    tried = 0

    @seed(number)
    @trying(ROUND)
    @given(st.lists(THINGS, min_size=8, max_size=40))
    def lands(things: list[Thing]) -> None:
        nonlocal tried
        tried += 1
        note(f"FUZZ_SEED={number}")
        survives(things)

    lands()
    return tried
