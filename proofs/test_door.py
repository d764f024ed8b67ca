"""A door is killed a hundred times under load, with runs in between: what it answered is in the table, and once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from tests.door.process import door, load
from tests.door.test_clients import Shop

KILLS = 100
EVERY = 10


def test_a_hundred_kills_lose_nothing_that_was_answered_and_double_nothing(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    shop = Shop(tmp_path)
    chance = random.Random(20261129)
    kept: set[str] = set()
    for turn in range(KILLS):
        seals = f"{chance.uniform(0.1, 1.5):.2f}"
        with door(tmp_path / "landing", "--seal-seconds", seals) as (process, port):
            kept |= asyncio.run(load(port, f"k{turn}", 8, chance.randrange(1, 400), process.kill))
        if turn % EVERY == EVERY - 1:
            assert shop.run("silver.clicks").ok
    with door(tmp_path / "landing") as (process, _):
        process.terminate()
        assert process.wait(20) == 0
    assert shop.run("silver.clicks", "gold.fct_sessions").ok
    there = Counter(row[0] for row in shop.ask_silver("select event_id from {clicks}"))
    assert len(kept) > KILLS
    assert kept - set(there) == set()
    assert [event for event, times in there.items() if times > 1] == []
