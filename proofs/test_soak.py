"""A day in an hour (`make soak`): everything at once, and two hundred kills; nothing is lost, doubled or remembered."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.privacy.people import traces_of
from tests.shop import MiniShop
from tests.tables import everything

from proofs.soaking.actors import WAITS, Actors, Gauge
from proofs.soaking.town import Town, settled

MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))
SEED = int(os.environ.get("SOAK_SEED", "20261129"))
#: Seconds between kills: two hundred in an hour.
KILLS = 18.0


@pytest.mark.timeout(MINUTES * 60 + 1_800)
def test_a_day_in_an_hour_loses_doubles_and_remembers_nothing(tmp_path: Path) -> None:
    town = Town(settled(MiniShop(tmp_path)), SEED)
    actors = Actors(town)
    gauge = Gauge(actors)
    actors.begin("live", 0.1, 0.5, actors.live)
    actors.begin("till", 0.5, 3, actors.till)
    for number in range(3):
        actors.begin(f"browser {number}", 0.05, 0.5, actors.post)
    actors.begin("reader", 2, 10, actors.look)
    actors.begin("upkeep", 30, 90, actors.upkeep)
    actors.begin("runner", 20, 90, actors.run)
    actors.begin("forgotten", 15, 60, actors.forget)
    actors.begin("killer", KILLS * 0.2, KILLS * 1.8, actors.kill)
    actors.begin("gauge", 5, 5, gauge.look)
    time.sleep(MINUTES * 60)
    actors.end()
    print(
        json.dumps({**dict(sorted(actors.done.items())), "people": len(town.people), "gone": len(town.gone)}, indent=2)
    )
    print(*gauge.seen[:: max(len(gauge.seen) // 30, 1)], sep="\n")
    assert not actors.wrong, "\n".join(actors.wrong)
    _settles(actors)
    _is_true(town)
    _is_flat(gauge, _held(actors))


def _settles(actors: Actors) -> None:
    """What was killed is finished: erasures, then a run."""
    town = actors.town
    for _ in range(3):
        actors.command("erase", "--again", *WAITS, fine=(0, 1, 2))
    for name in sorted(town.gone):
        actors.command("erase", "buyer", name, "--reason", "asked for", "--yes", *WAITS, fine=(0, 1, 2))
    assert actors.command("run", *WAITS)[0] == 0
    assert actors.wrong == []


def _is_true(town: Town) -> None:
    """The tables hold what was sent, as a fresh build of it does; nobody who is gone is named by any byte."""
    shop = town.shop
    assert [(line, str(day), qty, buyer) for line, day, qty, buyer in shop.rows("silver.sales")] == town.sold()
    there = Counter(row[0] for row in shop.rows("silver.clicks"))
    must, may = town.clicked()
    assert must - set(there) == set()
    assert set(there) - may == set()
    assert [event for event, times in there.items() if times > 1] == []
    assert traces_of(shop.settings.warehouse, town.gone) == []
    found = everything(shop)
    assert shop.run(full_refresh=True).ok
    assert everything(shop) == found


def _held(actors: Actors) -> int:
    """MB that the tables hold when upkeep has left one state of each."""
    assert actors.command("maintain", "--snapshot-hours", "0", "--keep", "1", *WAITS)[0] == 0
    warehouse = actors.town.shop.settings.warehouse
    return sum(path.stat().st_size for path in warehouse.rglob("*") if path.is_file()) >> 20


def _is_flat(gauge: Gauge, held: int) -> None:
    """Memory and files at the end are those of the middle, and bytes some states of what the tables hold.

    Upkeep leaves three states of a table, one more is being written, and a killed process leaves another.
    """
    for name, room in (("door MB", 64), ("worker MB", 128), ("open files", 64), ("files", 500)):
        middle, end = gauge.most(name, 0.25, 0.6), gauge.most(name, 0.75, 1)
        assert end <= middle * 1.25 + room, f"{name}: {middle}, then {end}"
    most = gauge.most("MB", 0.75, 1)
    print(f"{most} MB at most in the end, of {held} MB that the tables hold")
    assert most <= 5 * held + 64
