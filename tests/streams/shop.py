"""The mini shop whose clicks come in a topic."""

from __future__ import annotations

from typing import Any

from marketpulse.bronze.consumed import Consumed
from tests.shop import MiniShop
from tests.streams.brokers import Brokers

TOPIC = "web-clicks"


def streamed(shop: MiniShop, cluster: Brokers) -> MiniShop:
    """Let the clicks of a shop come from the topic `TOPIC`."""
    said = f"stream: {{kafka: {{topic: {TOPIC}, bootstrap: '{cluster.bootstrap}'}}}}\n"
    shop.edit("sources/clicks.yaml", "owner: web\n", "owner: web\n" + said)
    return shop


def click(number: int, name: str = "view") -> dict[str, Any]:
    """An event."""
    return {"id": f"c{number}", "ts": f"2026-01-01T00:{number // 60:02d}:{number % 60:02d}Z", "name": name}


def consumed(shop: MiniShop) -> Consumed:
    """How far the topic was read."""
    with shop.open(engine="duckdb") as context:
        return Consumed.of(context.lake.find("bronze.clicks"))


def ids(shop: MiniShop) -> list[str]:
    """The ids of the rows of bronze, sorted."""
    return sorted(row[2] for row in shop.rows("bronze.clicks", lineage=True))
