"""Cycle after cycle in one process: what lands is built, what is unchanged is left alone, what fails is tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.live.cycles import Cycles, as_event
from marketpulse.run.context import Silent
from tests.shop import MiniShop
from tests.tables import equals_a_rebuild


def test_each_cycle_brings_what_landed_and_is_as_a_run(shop: MiniShop) -> None:
    shop.write(
        "headlines.yaml", "headlines:\n  - {title: Now, live: true, query: select click_count from gold.mart_total}\n"
    )
    cycles = Cycles(replace(shop.settings, wait_seconds=0), Silent(), shows=True)
    assert cycles.is_due()
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    for number in (1, 2):
        shop.land(f"clicks/{number}.json", f'{{"id":"{number}","ts":"2026-01-01T00:00:01Z"}}\n')
        found = cycles.cycle()
        assert (found.cycle, found.exit_code, found.files, found.records) == (number, 0, 3 - number, 3 - number)
        assert as_event(found)["headlines"][0]["rows"] == [(number,)]
    same = cycles.cycle()
    assert (same.files, same.built, same.headlines) == (0, 0, [])
    assert equals_a_rebuild(shop)


def test_a_project_that_breaks_stops_cycles_until_it_is_mended(shop: MiniShop) -> None:
    cycles = Cycles(shop.settings, Silent(), shows=False)
    cycles.cycle()
    shop.write("project.yaml", "name: [")
    with pytest.raises(DefinitionError):
        cycles.cycle()
    assert cycles.is_due()  # though nothing landed
    shop.write("project.yaml", "name: mini\n")
    assert cycles.cycle().cycle == 2
