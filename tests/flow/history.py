"""Random histories of a shop: rows, the files they come in, the runs those files wait for, and copies of files."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from marketpulse.gold import build, reach
from tests.shop import MiniShop, contract
from tests.tables import Rows, everything, same

SESSIONS = """
select concat(coalesce(name, ''), '@', cast(min(event_at) as string)) as session_id, name,
    cast(min(event_at) as date) as day, count(*) as events, max(event_at) as ended_at
from (select name, event_at, sum(starts) over (partition by name order by event_at, event_id) as number
      from (select name, event_at, event_id,
                   case when unix_timestamp(event_at) - unix_timestamp(before_at) <= 1800 then 0 else 1 end as starts
            from (select name, event_at, event_id,
                         lag(event_at) over (partition by name order by event_at, event_id) as before_at
                  from silver.clicks) as pairs) as gaps) as numbered
group by name, number
"""
LABELS = """
select s.id, s.day, s.qty, c.name as label from silver.sales as s left join silver.clicks as c on c.event_id = s.id
"""
DAYS = """
select day, count(*) as things
from (select day from silver.sales union all select day from silver.clicks) as both_feeds group by day
"""
#: Gold tables with every kind of input: name -> (columns, inputs, model, the column by which it comes apart).
MODELS: dict[str, tuple[list[tuple[str, str, str]], str, str, str | None]] = {
    "sessions": (
        [
            ("session_id", "string", "key"),
            ("name", "string", ""),
            ("day", "date", "key bucket"),
            ("events", "long", ""),
            ("ended_at", "timestamp", ""),
        ],
        "[{table: silver.clicks, column: day, before: 1, after: 1, apart: name}]",
        SESSIONS,
        "name",
    ),
    "labels": (
        [("id", "string", "key"), ("day", "date", "bucket"), ("qty", "long", ""), ("label", "string", "")],
        "[{table: silver.sales, column: day, apart: id}, {table: silver.clicks, touches:"
        " 'select distinct s.day, s.id from silver.sales as s join changed as c on c.event_id = s.id'}]",
        LABELS,
        "id",
    ),
    "days": (
        [("day", "date", "key bucket"), ("things", "long", "")],
        "[{table: silver.sales, column: day}, {table: silver.clicks, touches: select distinct day from changed}]",
        DAYS,
        None,
    ),
}


def shop_at(root: Path) -> MiniShop:
    """The mini shop with gold tables of every kind of input, and no limit on rejected rows."""
    shop = MiniShop(root)
    for name, (columns, inputs, model, apart) in MODELS.items():
        custom = f"{{property: inputs, value: {inputs}}}"
        custom += f"\n  - {{property: apart, value: {apart}}}" if apart else ""
        shop.write(f"gold/{name}/contract.yaml", contract(f"gold.{name}", columns, custom))
        shop.write(f"gold/{name}/model.sql", model)
    for table in ("sales", "clicks"):
        path = f"silver/{table}/contract.yaml"
        shop.edit(path, "customProperties:\n", "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n")
    return shop


@dataclass(frozen=True)
class Landing:
    """One file: its rows, the run it lands before, and the run before which a copy of it lands (None: never)."""

    feed: str
    name: str
    rows: tuple[Any, ...]
    run: int
    copied: int | None

    def content(self) -> str:
        """Text of the file; its name is in it, so that no two files are one by chance."""
        if self.feed == "sales":
            return "id,day,qty,amount,from\n" + "".join(",".join((*row, self.name)) + "\n" for row in self.rows)
        return "".join(json.dumps(row | {"file": self.name}) + "\n" for row in self.rows)

    def land(self, shop: MiniShop, name: str | None = None) -> None:
        """Put the file into the landing zone of `shop`."""
        shop.land(f"{self.feed}/{name or self.name}", self.content())


RUNS = 4
_days = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03", "2025-10-01", "2026-02-30"])
_sale = st.tuples(
    st.sampled_from("abcdef"),
    _days,
    st.sampled_from(["1", "2", "3", "-1", "0", "", "x"]),
    st.sampled_from(["1", "2.5", ""]),
)
_minutes = st.integers(0, 3 * 24 * 6).map(lambda n: f"2026-01-{1 + n // 144:02d}T{n % 144 // 6:02d}:{n % 6}0:00Z")
_around_midnight = st.integers(0, 11).map(
    lambda n: f"2026-01-01T23:{n}0:00Z" if n < 6 else f"2026-01-02T00:{n - 6}0:00Z"
)
_click = st.fixed_dictionaries(
    {"id": st.sampled_from("abcdefghij"), "ts": _around_midnight | _minutes, "name": st.sampled_from(["x", "y", None])}
)


def _file(feed: str, rows: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, list[Any], int, int | None]]:
    runs = st.integers(0, RUNS - 1)
    return st.tuples(st.just(feed), st.lists(rows, min_size=1, max_size=8), runs, st.none() | runs)


@st.composite
def histories(draw: st.DrawFn) -> list[Landing]:
    """Files of both feeds; their names say nothing about the order in which they land."""
    files = draw(st.lists(_file("sales", _sale) | _file("clicks", _click), min_size=2, max_size=8))
    order = draw(st.permutations(range(len(files))))
    return [
        Landing(feed, f"f{place:02d}", tuple(rows), run, copied if copied is not None and copied > run else None)
        for place, (feed, rows, run, copied) in zip(order, files, strict=True)
    ]


def piecemeal(history: list[Landing], root: Path) -> MiniShop:
    """A shop that ran after each arrival, a few rows at a time."""
    return piecemeal_in(shop_at(root), history)


def piecemeal_in(shop: MiniShop, history: list[Landing]) -> MiniShop:
    """The same in a shop that is there already; whatever comes apart is brought up to date by values."""
    with patch.object(reach, "SHARE", 0):
        for number in range(RUNS):
            for landing in history:
                if landing.run == number:
                    landing.land(shop)
                if landing.copied == number:
                    landing.land(shop, f"a-copy-of-{landing.name}")
            assert shop.run(chunk_rows=3).ok
    return shop


def at_once(history: list[Landing], root: Path) -> MiniShop:
    """A shop that got every file, no copies, and ran once."""
    shop = shop_at(root)
    for landing in history:
        landing.land(shop)
    assert shop.run().ok
    return shop


def content(shop: MiniShop) -> Rows:
    """Everything but the list of files, which tells how they came."""
    return {name: rows for name, rows in everything(shop).items() if name != "bronze.landed_files" and rows}


def check(history: list[Landing]) -> set[str]:
    """However the files came: every table is as one run over all of them makes it, and as a rebuild makes it.

    Tables of which only rows of some values were made on the way.
    """
    with tempfile.TemporaryDirectory() as folder, patch.object(build, "renew", wraps=build.renew) as renewed:
        shop = piecemeal(history, Path(folder) / "piecemeal")
        found = content(shop)
        same(content(at_once(history, Path(folder) / "at_once")), found)
        assert shop.run(full_refresh=True, chunk_rows=3).ok
        same(content(shop), found)
        return {call.args[1].name for call in renewed.call_args_list}
