"""SIGKILL again and again while a topic is read, two readers at once among them: as if nothing had happened."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.command import places
from tests.shop import MiniShop
from tests.streams.brokers import Brokers
from tests.streams.shop import TOPIC, click, consumed, ids, streamed

ROOT = Path(__file__).parents[1]
KILLS = 50


def test_fifty_kills_while_a_topic_is_read(tmp_path_factory: Any) -> None:
    cluster, dice = Brokers(), random.Random(20261130)
    shop = streamed(MiniShop(tmp_path_factory.mktemp("shop")), cluster)
    sent = kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        # From the middle on in partitions that had nothing before.
        sent += _send(cluster, dice, partitions=2 if kills < KILLS / 2 else 4)
        both = [_started(shop, dice) for _ in range(1 + (rounds % 5 == 0))]
        kills += sum(_killed(process, seconds) for process, seconds in both)
        assert rounds < 6 * KILLS
    report = shop.run()
    assert report.ok
    twin = MiniShop(shop.root / "twin")
    twin.project_dir = shop.project_dir
    twin.settings = replace(shop.settings, warehouse=shop.root / "twin/warehouse")
    assert twin.run().ok
    assert len(ids(shop)) == sent
    assert ids(shop) == ids(twin)
    assert consumed(shop).positions == consumed(twin).positions
    for name in ("silver.clicks", "gold.mart_total"):
        assert shop.rows(name) == twin.rows(name), name
    assert sum(row[5] for row in shop.rows("bronze.landed_files")) == sent
    rejected = [sorted((row[6], row[8], row[9]) for row in each.rows("silver.quarantine")) for each in (shop, twin)]
    assert rejected[0] == rejected[1]
    assert list((shop.settings.scratch).iterdir()) == []
    print(f"\n{kills} kills in {rounds} rounds, {sent:,} messages, {len(rejected[0])} of them rejected")


def _send(cluster: Brokers, dice: random.Random, partitions: int) -> int:
    """Some messages, few of them wrong, some of them again; how many."""
    count = dice.randrange(20, 120)
    for _ in range(count):
        value: Any = click(dice.randrange(3_000)) if dice.random() > 0.02 else dice.choice([b"?", None, b"\xff"])
        cluster.send(TOPIC, value, partition=dice.randrange(partitions))
    return count


def _started(shop: MiniShop, dice: random.Random) -> tuple[subprocess.Popen[bytes], float]:
    """A run that kills itself at a commit, or one that is killed after so many seconds (0: never)."""
    environment = places(shop) | {"MARKETPULSE_STREAM_RECORDS": str(dice.choice([10, 25, 1_000]))}
    if dice.random() < 0.6:
        moment = dice.choice(["before", "inside", "after"])
        command, seconds = ["tests.doomed", str(dice.randrange(1, 9)), moment], 0.0
    else:
        command, seconds = ["marketpulse", "run", "--json"], dice.uniform(0.6, 3.0)
    nobody = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=nobody)
    return process, seconds


def _killed(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it was killed before its end."""
    if seconds:
        time.sleep(seconds)
        process.kill()
    code = process.wait()
    assert code in (0, -signal.SIGKILL)
    return code != 0
