"""`live` is killed at random moments under load, whole or in parts: what was answered is in gold, and once."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from tests.door.process import load
from tests.live.process import children, collecting, kill, live
from tests.shop import MiniShop
from tests.tables import equals_a_rebuild

KILLS = 30
MAPPING = """
select e.messageId as event_id, '2026-01-01' as day, '2026-01-01T00:00:01Z' as event_at, e.type as name
from (select from_json(raw, 'messageId STRING, type STRING') as e from bronze.clicks) as events
"""


@pytest.mark.timeout(3_600)
def test_kills_at_random_moments_lose_nothing_that_was_answered_and_double_nothing(shop: MiniShop) -> None:
    shop.write("silver/clicks/from_clicks.sql", MAPPING)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    collecting(shop)
    chance = random.Random(20261129)
    kept: set[str] = set()
    for turn in range(KILLS):
        with live(shop, "--seal-seconds", f"{chance.uniform(0.1, 1.0):.2f}") as process:
            parts = children(process.opened().process.pid)
            pids = _chosen(chance, [process.process.pid, *parts])
            killer = threading.Thread(target=_kill, args=(pids, [chance.uniform(0, 6), chance.uniform(0, 3)]))
            killer.start()
            kept |= asyncio.run(load(process.port, f"k{turn}", 4, 1, lambda: None))
            killer.join()
        _gone(parts)
    with live(shop, "--for", "1") as last:
        assert last.process.wait(600) == 0
    there = Counter(row[0] for row in shop.rows("silver.clicks"))
    assert len(kept) > KILLS
    assert kept - set(there) == set()
    assert [event for event, times in there.items() if times > 1] == []
    ((_, _, counted),) = shop.rows("gold.mart_total")
    assert counted == len(there)
    assert equals_a_rebuild(shop)


def _chosen(chance: random.Random, pids: Sequence[int]) -> list[int]:
    """Who is killed, one after the other: the last is one whose end ends the load."""
    supervisor, door, worker = pids
    return chance.choice([[supervisor], [worker, supervisor], [worker, door], [door], [supervisor, worker]])


def _kill(pids: Sequence[int], rests: Sequence[float]) -> None:
    for pid, rest in zip(pids, rests, strict=False):
        time.sleep(rest)
        with suppress(ProcessLookupError):
            kill(pid)


def _gone(pids: Sequence[int]) -> None:
    """Children of a supervisor that is dead end by themselves."""
    until = time.monotonic() + 30
    while any(Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)
