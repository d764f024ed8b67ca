"""Cycle after cycle in one process: what lands is built, what is unchanged is left alone, what fails is tried again."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.lake import remembered
from marketpulse.live.cycles import Cycles, as_beat, as_event
from marketpulse.run.context import Silent
from marketpulse.upkeep.bounds import Bounds, Keeper
from tests.shop import MiniShop
from tests.streams.brokers import Brokers
from tests.streams.shop import TOPIC, click, ids, streamed
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
        told = as_beat(found)
        assert (told.cycle, told.records, told.built, told.code) == (number, 3 - number, found.built, 0)
        assert abs((datetime.now(UTC).replace(tzinfo=None) - told.moment).total_seconds()) < 600
    same = cycles.cycle()
    assert (same.files, same.built, same.headlines) == (0, 0, [])
    assert equals_a_rebuild(shop)


def test_a_cycle_begins_when_a_message_came_and_brings_it(shop: MiniShop) -> None:
    cluster = Brokers()
    streamed(shop, cluster)
    cluster.send(TOPIC, click(1))
    cycles = Cycles(replace(shop.settings, wait_seconds=0), Silent(), shows=False)
    first = cycles.cycle()
    assert (first.exit_code, first.records) == (0, 1)
    assert first.behind_seconds is not None
    assert not cycles.is_due()
    cluster.send(TOPIC, click(2), click(3), partition=1)
    assert cycles.is_due()
    assert cycles.cycle().records == 2
    assert not cycles.is_due()
    assert ids(shop) == [f"{TOPIC}-0-0", f"{TOPIC}-1-0", f"{TOPIC}-1-1"]


def test_a_project_that_breaks_stops_cycles_until_it_is_mended(shop: MiniShop) -> None:
    cycles = Cycles(shop.settings, Silent(), shows=False)
    cycles.cycle()
    shop.write("project.yaml", "name: [")
    with pytest.raises(DefinitionError):
        cycles.cycle()
    assert cycles.is_due()  # though nothing landed
    shop.write("project.yaml", "name: mini\n")
    assert cycles.cycle().cycle == 2


def test_what_a_process_remembers_does_not_grow_with_its_cycles(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for memory in (remembered._LISTS, remembered._ENTRIES, remembered._METADATA):
        monkeypatch.setattr(memory, "_most", 30)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    cycles = Cycles(replace(shop.settings, query_seconds=1), Silent(), shows=False)
    cycles._keeper = Keeper(Bounds(newest=2, hours=0, slack=1, grace=0.0, tables=10))
    counts = []
    for number in range(16):
        shop.land(f"clicks/{number}.json", f'{{"id":"{number}","ts":"2026-01-01T00:00:01Z"}}\n')
        assert cycles.cycle().records
        if number in (9, 15):
            gc.collect()
            counts.append(len(gc.get_objects()))
    assert counts[1] - counts[0] < 6 * 25  # a cycle makes thousands; all but some must go
