"""The retail pack over a generated shop whose files are cut up, shuffled, copied and delayed."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from marketpulse.settings import Settings
from marketpulse_retail.generate import ShopPlan, generate
from tests.shop import MiniShop
from tests.tables import everything, same

Piece = tuple[str, bytes]


class PackagedShop(MiniShop):
    """The retail pack with days of its own (harder than UTC's), an empty landing zone and no warehouse yet."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.landing = root / "landing"
        self.landing.mkdir(parents=True)
        self.project_dir = root / "project"
        self.project_dir.mkdir()
        said = "{reporting_timezone: America/Los_Angeles, reporting_currency: USD}"
        said = f"name: shop\nextends: retail\nsettings: {said}\n"
        (self.project_dir / "project.yaml").write_text(said, encoding="utf-8")
        self.settings = Settings(self.landing, root / "warehouse", self.project_dir, memory_mb=512)


def pieces(root: Path, plan: ShopPlan, parts: int) -> list[Piece]:
    """Files of a generated shop, the larger ones cut into parts; (path in the landing zone, bytes)."""
    generate(plan, root / "generated", root / "truth")
    return [piece for path in sorted((root / "generated").rglob("*.*")) for piece in _cut(root, path, parts)]


def _cut(root: Path, path: Path, parts: int) -> Iterator[Piece]:
    name = path.relative_to(root / "generated")
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    head, lines = (b"", text.splitlines(keepends=True))
    if ".csv" in path.suffixes:
        head, *lines = lines
    if len(lines) < 10 * parts or b'"' in head or any(line.count(b'"') % 2 for line in lines):
        yield str(name), data
        return
    size = -(-len(lines) // parts)
    for part in range(parts):
        body = b"".join(lines[part * size : (part + 1) * size])
        yield str(name.with_name(f"{path.name.split('.')[0]}-{part}{path.suffixes[0]}")), head + body


def plan_of(days: int, clicks: int, sales: int) -> ShopPlan:
    """A small shop that has every feed, returns, corrections and dirt."""
    start = date(2026, 2, 27)
    return ShopPlan(start, days=days, clicks_per_day=clicks, sales_per_day=sales, products=40, customers=60, stores=3)


def check(root: Path, found: list[Piece], seed: int, runs: int) -> None:
    """Run after each random handful of files; every table must be as one run over all of them makes it."""
    chance = random.Random(seed)
    shop = PackagedShop(root / "piecemeal")
    waiting = [(chance.randrange(runs), name, data) for name, data in found]
    for number in range(runs):
        for when, name, data in waiting:
            if when == number:
                shop.land(name, data)
            elif when < number and chance.random() < 0.1:
                copy = Path(name)
                shop.land(str(copy.with_name(f"{number}-copy-of-{copy.name}")), data)
        assert shop.run().ok
    others = PackagedShop(root / "at_once")
    for name, data in found:
        others.land(name, data)
    assert others.run().ok
    grown, expected = everything(shop), everything(others)
    del grown["bronze.landed_files"], expected["bronze.landed_files"]
    same(grown, expected)
    assert shop.run(full_refresh=True).ok
    rebuilt = everything(shop)
    del rebuilt["bronze.landed_files"]
    same(rebuilt, expected)
