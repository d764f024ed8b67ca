"""Feeds whose deliveries replace each other: what must be in the table, worked out row by row; random deliveries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.shop import MiniShop, result

RUNS = 3
Row = tuple[str, str, str]
#: What a source may say, and what one delivery is then.
TERMS = {
    "list": ("list", "file"),
    "{list: folder}": ("list", "folder"),
    "{replace: feed}": ("list", "file"),
    "{replace: feed, each: folder}": ("list", "folder"),
    "{replace: file}": ("file", "file"),
    "{replace: day}": ("day", "folder"),
    "{replace: day, each: file}": ("day", "file"),
    "{replace: [qty, day], each: file}": ("qty and day", "file"),
    "{replace: [qty]}": ("qty", "folder"),
}
DAY, BAD, GONE = "2026-01-01", "x", "-9"
#: A file of a day that comes again without a row, beside another of that day.
_SHORTER = [(DAY, "f_9.csv", "abc", 0), (DAY, "f_10.csv", "d", 0), (DAY, "f_9.csv", "bc", 1), (DAY, "f_9.csv", "b", 2)]
_LIMITS = "  - {property: rejectedShareLimit, value: 1}\n  - {property: removedShareLimit, value: 1}\n"


@dataclass(frozen=True)
class Delivery:
    """A file of the feed and the run before which it lands; rows are (id, day, qty)."""

    day: str
    name: str
    rows: tuple[Row, ...]
    run: int

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands: day, natural name, then when it came."""
        return (self.day, tuple(int(p) if p.isdigit() else p for p in re.split(r"(\d+)", self.name)), self.run)

    def land(self, shop: MiniShop) -> None:
        """Put it into the landing zone; no two are the same bytes."""
        lines = "".join(f"{key},{day},{qty},1,{self.run}\n" for key, day, qty in self.rows)
        text = f"id,day,qty,amount,from_{self.name.split('.')[0]}\n{lines}"
        shop.land(f"sales/ingest_date={self.day}/{self.name}", text)


def shorter() -> list[Delivery]:
    """A history in which a file of a day comes again, twice, each time without one of its rows."""
    return [Delivery(day, name, tuple((key, DAY, "1") for key in keys), run) for day, name, keys, run in _SHORTER]


def shop_at(root: Path, deliveries: str, deleted: bool = False, limits: bool = True) -> MiniShop:
    """The mini shop with such deliveries of sales; with `deleted`, quantity -9 says that a sale is deleted."""
    shop = MiniShop(root)
    shop.edit("sources/sales.yaml", "format: csv\n", f"format: csv\ndeliveries: {deliveries}\n")
    more = _LIMITS if limits else ""
    more += f'  - {{property: deleted, value: "qty = {GONE}"}}\n' if deleted else ""
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n{more}")
    return shop


def right(deliveries: list[Delivery], terms: str, deleted: bool = False) -> set[tuple[str, str, int]]:
    """Rows of the table, from the definition."""
    whole, each = TERMS[terms]
    unit = {d: d.order if each == "file" else (d.day,) for d in deliveries}
    newest: dict[str, tuple[Any, Delivery, Row]] = {}
    for delivery in deliveries:
        for number, row in enumerate(delivery.rows):
            if row[2] != BAD and (row[0] not in newest or (delivery.order, number) > newest[row[0]][0]):
                newest[row[0]] = ((delivery.order, number), delivery, row)
    return {
        (key, row[1], int(row[2]))
        for key, (_, own, row) in newest.items()
        if not (deleted and row[2] == GONE) and not _lacking(own, row, deliveries, unit, whole, each)
    }


def versions(deliveries: list[Delivery], each: str) -> set[tuple[str, str, str | None]]:
    """Versions (id, day) of a history that lists fill, each with the day on which it ended, from the definition."""
    unit = {d: d.order if each == "file" else (d.day,) for d in deliveries}
    lists = sorted({(unit[d], d.day) for d in deliveries})
    number = {place: index for index, (place, _) in enumerate(lists)}
    said: dict[tuple[str, str], list[tuple[Any, int, str]]] = {}
    has: dict[str, set[int]] = {}
    for delivery in deliveries:
        for line, (key, day, qty) in enumerate(delivery.rows):
            if qty == BAD:
                has.setdefault(key, set()).add(number[unit[delivery]])
            else:
                newer = each == "folder" and any(
                    (d.day, d.name) == (delivery.day, delivery.name) and d.run > delivery.run for d in deliveries
                )
                said.setdefault((key, day), []).append(
                    ((delivery.order, line), number[unit[delivery]], "gone" if qty == GONE else "old" * newer)
                )
    newest = {version: max(rows) for version, rows in said.items()}
    last = {v: at - (word == "old") for v, (_, at, word) in newest.items() if word != "gone"}
    for (key, day), at in last.items():
        first = min(n for _, n, word in said[key, day] if word != "gone")
        has.setdefault(key, set()).update(range(first, at + 1))
    found = set()
    for (key, day), at in last.items():
        following = min((d for k, d in newest if k == key and d > day), default=None)
        present = has.get(key, set())
        since = at if following else max([at, *present])
        gap = next(n for n in range(since + 1, len(lists) + 1) if n not in present)
        ended = max(lists[gap][1], _next_day(day)) if gap < len(lists) else None
        found.add((key, day, min(filter(None, (following, ended)), default=None)))
    return found


def _next_day(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))


def _lacking(
    own: Delivery, row: Row, deliveries: list[Delivery], unit: dict[Delivery, Any], whole: str, each: str
) -> bool:
    """Whether a later delivery is whole of what a row belongs to; it does not lack the key if it has it rejected."""
    again = [d for d in deliveries if (d.day, d.name) == (own.day, own.name) and d.run > own.run]
    if whole == "file" or each == "folder":
        last = max((d.run for d in again), default=None)
        if last is not None and not any(_rejects(d, row[0]) and d.run >= last for d in again):
            return True
    if whole == "file":
        return False
    later = [d for d in deliveries if unit[d] > unit[own] and _is_whole_of(d, row, whole)]
    if not later:
        return False
    last_unit = max(unit[d] for d in later)
    return not any(_rejects(d, row[0]) and unit[d] >= last_unit for d in deliveries)


def _rejects(delivery: Delivery, key: str) -> bool:
    return any(row[0] == key and row[2] == BAD for row in delivery.rows)


def _is_whole_of(delivery: Delivery, row: Row, whole: str) -> bool:
    good = [other for other in delivery.rows if other[2] != BAD]
    if whole == "day":
        return any(other[1] == row[1] for other in good)
    if whole == "qty and day":
        return any(other[1:] == row[1:] for other in good)
    return whole == "list" or any(other[2] == row[2] for other in good)


_days = st.sampled_from(["2026-01-01", "2026-01-02"])
_row = st.tuples(st.sampled_from("abcd"), _days, st.sampled_from(["1", "2", "2", BAD, GONE]))
_file = st.tuples(
    _days, st.sampled_from(["f_9.csv", "f_10.csv"]), st.lists(_row, min_size=1, max_size=4), st.integers(0, RUNS - 1)
)


@st.composite
def histories(draw: st.DrawFn) -> list[Delivery]:
    """Deliveries; each may come again under its name in a later run, without some of its rows."""
    files = draw(st.lists(_file, min_size=2, max_size=5, unique_by=lambda f: (f[0], f[1], f[3])))
    known = {(day, name, run): tuple(rows) for day, name, rows, run in files}
    for day, name, rows, run in files:
        later = (day, name, run + 1)
        if run + 1 < RUNS and later not in known and draw(st.booleans()):
            known[later] = tuple(rows[draw(st.integers(0, len(rows) - 1)) :])
    return [Delivery(day, name, rows, run) for (day, name, run), rows in known.items()]


def check(history: list[Delivery], terms: str, root: Path) -> None:
    """However a history comes in: the table is as the definition says, after each run, and as a rebuild makes it."""
    shop = shop_at(root, terms, deleted=True)
    came: list[Delivery] = []
    before = 0
    for number in range(RUNS):
        for delivery in (d for d in history if d.run == number):
            delivery.land(shop)
            came.append(delivery)
        report = shop.run("silver.sales", chunk_rows=2)
        assert report.ok, report
        counts = result(report, "silver.sales").feeds
        assert all(feed.conserved for feed in counts)
        before += sum(feed.accepted - feed.replaced - feed.removed for feed in counts)
        found = held(shop)
        assert found == right(came, terms, deleted=True), (terms, came)
        assert before == len(found)
    assert shop.run("silver.sales", full_refresh=True, chunk_rows=3).ok
    assert held(shop) == right(came, terms, deleted=True)


def held(shop: MiniShop) -> set[tuple[str, str, int]]:
    """What is in the table."""
    return {(key, str(day), qty) for key, day, qty, _ in shop.rows("silver.sales")}


def stands(shop: MiniShop) -> bool:
    """Whether building everything anew gives the tables as they are."""
    found = {name: shop.rows(name, lineage=True) for name in ("silver.sales", "gold.agg_daily")}
    return shop.run(full_refresh=True).ok and found == {name: shop.rows(name, lineage=True) for name in found}
