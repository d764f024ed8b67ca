"""Heads and lines in two files that fill one table: a shop of them, and random histories for Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from marketpulse.run.report import FeedCounts
from marketpulse.run.validate import validate
from tests.flow.history import content
from tests.privacy.people import erase, traces_of
from tests.shop import MiniShop, contract, result
from tests.tables import Rows, same

RUNS = 4
TABLES = ("silver.heads", "silver.positions")
DAY1, DAY2, DAY3 = "2026-01-01", "2026-01-02", "2026-01-03"
FEED = "name: {0}\ndescription: Test.\nowner: tills\nformat: csv\nrequired: [receipt]\n"
MAPPING = """
select l.line as line_id, h.day, h.store, l.sku
from bronze.lines as l
left join silver.heads as h on h.receipt_id = trim(l.receipt)
"""
HEADS = contract(
    "silver.heads",
    [("receipt_id", "string", "key"), ("day", "date", "required"), ("store", "string", ""), ("note", "string", "")],
    "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}\n"
    "  - {property: removedShareLimit, value: 1}\n  - {property: deleted, value: \"note = 'gone'\"}",
)
POSITIONS = contract(
    "silver.positions",
    [("line_id", "string", "key"), ("day", "date", "bucket"), ("store", "string", ""), ("sku", "string", "required")],
    "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}",
    "{name: is_open, type: custom, engine: marketpulse, implementation: store <> 'closed', severity: quarantine,"
    " description: nothing is sold there}",
)


HISTORY = contract(
    "silver.positions",
    [
        ("line_id", "string", "key"), ("since", "date", "key"), ("day", "date", "required"), ("store", "string", ""),
        ("sku", "string", "required"), ("until", "date", ""), ("now", "boolean", ""),
    ],
    "{property: merge, value: {policy: latest}}\n  - {property: rejectedShareLimit, value: 1}\n"
    "  - {property: history, value: {entity: [line_id], validFrom: since, validTo: until, isCurrent: now}}",
)  # fmt: skip
#: What the table of lines may be besides.
KINDS = ("latest", "history", "list")


def of_kind(shop: MiniShop, kind: str) -> MiniShop:
    """The shop, whose lines are kept as a history, or whose deliveries are whole lists of lines."""
    heads_and_lines(shop)
    if kind == "history":
        shop.write("silver/positions/contract.yaml", HISTORY)
        shop.edit("silver/positions/from_lines.sql", "l.sku", "l.sku, coalesce(l.since, '2026-01-01') as since")
        shop.edit("sources/lines.yaml", "required: [receipt]", "required: [receipt]\noptional: [since]")
    if kind == "list":
        shop.edit("sources/lines.yaml", "format: csv\n", "format: csv\ndeliveries: list\n")
        limit = "customProperties:\n  - {property: removedShareLimit, value: 1}\n"
        shop.edit("silver/positions/contract.yaml", "customProperties:\n", limit)
    return shop


def heads_and_lines(shop: MiniShop) -> MiniShop:
    """The mini shop with `silver.positions`: lines, each with the day and store of its head. Nothing else is in it."""
    for feed in ("heads", "lines"):
        shop.write(f"sources/{feed}.yaml", FEED.format(feed))
    shop.write("silver/heads/from_heads.sql", "select receipt as receipt_id, day, store, note from bronze.heads")
    shop.write("silver/heads/contract.yaml", HEADS)
    shop.write("silver/positions/from_lines.sql", MAPPING)
    shop.write("silver/positions/contract.yaml", POSITIONS)
    return shop


def heads(shop: MiniShop, day: str, *rows: str, name: str = "h.csv") -> None:
    """Land heads `receipt,day,store,note`."""
    shop.land(f"heads/ingest_date={day}/{name}", "\n".join(["receipt,day,store,note", *rows]) + "\n")


def lines(shop: MiniShop, day: str, *rows: str, name: str = "l.csv") -> None:
    """Land lines `line,receipt,sku`, perhaps with `since`."""
    header = "line,receipt,sku,since" if any(row.count(",") > 2 for row in rows) else "line,receipt,sku"
    shop.land(f"lines/ingest_date={day}/{name}", "\n".join([header, *rows]) + "\n")


def built(shop: MiniShop, **settings: Any) -> FeedCounts:
    """Run; what became of the lines."""
    report = shop.run(*TABLES, **settings)
    assert report.ok, report
    found = result(report, "silver.positions").feeds
    assert all(counts.conserved for counts in found)
    return found[0] if found else FeedCounts("lines")


def held(shop: MiniShop) -> list[tuple[Any, ...]]:
    """Lines in the table: id, day, store, article."""
    return [(line, day.isoformat(), store, sku) for line, day, store, sku in shop.rows("silver.positions")]


def kept_out(shop: MiniShop) -> list[tuple[Any, ...]]:
    """Open rows of the quarantine: whose, which record, why, as it landed."""
    rows = shop.rows("silver.quarantine")
    return sorted((row[1], row[6], row[8], row[9]) for row in rows if row[13] == "open")


def all_of(shop: MiniShop) -> tuple[Rows, list[tuple[Any, ...]]]:
    """What may not depend on how files came: every table, and what is kept out of them."""
    return {name: rows for name, rows in content(shop).items() if name != "silver.quarantine"}, kept_out(shop)


def stands(shop: MiniShop) -> bool:
    """Whether building everything anew gives all as it is."""
    found = all_of(shop)
    assert shop.run(*TABLES, full_refresh=True, engine="duckdb").ok
    same(all_of(shop)[0], found[0])
    return all_of(shop) == found


@dataclass(frozen=True)
class Landing:
    """One file, the day it is of, and the run before which it lands."""

    feed: str
    day: str
    name: str
    rows: tuple[str, ...]
    run: int

    def land(self, shop: MiniShop) -> None:
        (heads if self.feed == "heads" else lines)(shop, self.day, *self.rows, name=self.name)


_receipt = st.sampled_from(["r1", "r2", "r3"])
_head = st.tuples(
    _receipt, st.sampled_from([DAY1, DAY1, DAY2, "x"]), st.sampled_from(["s1", "s2", "closed"]),
    st.sampled_from(["", "", "gone"]),
).map(",".join)  # fmt: skip
_line = st.tuples(
    st.sampled_from("abcd"), st.one_of(_receipt, _receipt, st.sampled_from([" r1 ", "", "r9"])),
    st.sampled_from(["tea", "milk", ""]), st.sampled_from([DAY1, DAY1, DAY2]),
).map(",".join)  # fmt: skip
_heads, _lines = st.lists(_head, min_size=1, max_size=3), st.lists(_line, min_size=3, max_size=6)
_file = st.one_of(st.tuples(st.just("heads"), _heads), st.tuples(st.just("lines"), _lines))


@st.composite
def histories(draw: st.DrawFn) -> list[Landing]:
    """Files of both feeds: late ones, corrections, heads that go and come back, copies, junk.

    There are lines in the first run, and heads in a later one.
    """
    found = []
    first = [("lines", draw(_lines)), ("heads", draw(_heads)), ("heads", draw(_heads))]
    for place, (feed, rows) in enumerate([*first, *draw(st.lists(_file, max_size=5))]):
        day, run = draw(st.sampled_from([DAY1, DAY2, DAY3])), draw(st.integers(0, RUNS - 1))
        run = min(place, run + (place == 1)) if place < 2 else run
        own = f"z{place},{DAY1},s1," if feed == "heads" else f"z{place},r2,tea,{DAY1}"  # no two files are one by chance
        found.append(Landing(feed, day, f"f{place}.csv", (*rows, own), run))
    return found


def check(history: list[Landing], root: Path, kind: str = "latest") -> int:
    """However the files came: all is as one run makes it, and as a rebuild does. How many records were mapped again."""
    shop, other = (of_kind(MiniShop(root / name), kind) for name in ("piecemeal", "at_once"))
    rows = again = 0
    for run in range(RUNS):
        for landing in history:
            if landing.run == run:
                landing.land(shop)
                landing.land(other)
        counts = built(shop, chunk_rows=2)
        rows += counts.accepted - counts.replaced - counts.removed
        again += counts.again
        assert kind == "list" or rows == len(shop.rows("silver.positions"))
    built(other)
    same(all_of(other)[0], all_of(shop)[0])
    assert kept_out(other) == kept_out(shop)
    assert stands(shop)
    return again


PERSON = ", logicalType: string, physicalType: 'string', description: Test.}"
IDENTIFIED = PERSON.replace("}", ", classification: pii, customProperties: [{property: identifies, value: buyer}]}")


def check_erased(shop: MiniShop, in_lines: bool) -> None:
    """A person whose head says the name is erased; with `in_lines` the table of lines says that it names people too."""
    heads_and_lines(shop)
    shop.edit("silver/heads/contract.yaml", "name: store" + PERSON, "name: store" + IDENTIFIED)
    mark = IDENTIFIED if in_lines else PERSON.replace("}", ", classification: pii}")
    shop.edit("silver/positions/contract.yaml", "name: store" + PERSON, "name: store" + mark)
    assert validate(shop.project_dir).warnings == ()
    heads(shop, DAY1, f"r1,{DAY1},ada@1815,", f"r2,{DAY1},bob,")
    lines(shop, DAY1, "a,r1,tea", "b,r2,tea", "c,r1,milk", "d,r3,tea")
    built(shop)
    assert erase(shop, "buyer", "ada@1815").ok
    assert held(shop) == [("b", DAY1, "bob", "tea")]
    assert len(shop.rows("bronze.lines")) == (2 if in_lines else 4)
    assert len(kept_out(shop)) == (1 if in_lines else 3)
    assert traces_of(shop.root / "warehouse", ["ada@1815"]) == []
    assert stands(shop)
