"""Whatever lies in a landing zone is its own problem; `make proof` tries many more (proofs/test_landings.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.landings import KINDS, THINGS, Thing, land, survives, trying
from tests.shop import MiniShop


@trying(4)
@given(st.lists(THINGS, min_size=8, max_size=25))
def test_whatever_lands_the_good_files_come_in_and_the_next_run_works(things: list[Thing]) -> None:
    survives(things, "silver.clicks")


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_what_lands_takes_no_place_and_writes_through_no_link(shop: MiniShop, first: str, second: str) -> None:
    before = (shop.project_dir / "project.yaml").read_bytes()
    for kind in (first, second):
        land(shop, ("sales", [b"x"], kind, b"data", None))
    assert (shop.project_dir / "project.yaml").read_bytes() == before
    assert (shop.project_dir / "project.yaml").stat().st_mode & 0o600 == 0o600
