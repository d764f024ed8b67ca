"""What a warehouse holds, to be compared: rows with the file and line they came from, without what differs by run."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from marketpulse.names import FLOW_RUNS
from tests.shop import MiniShop

#: What differs from run to run and says nothing about the data.
VOLATILE = {
    "_ingested_at", "_batch_id", "batch_id", "ingested_at", "modified_ns", "touched_ns",
    "first_seen_at", "first_seen_date", "resolved_batch_id",
}  # fmt: skip

#: The tables that the mini shop builds.
BUILT = ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total")

Rows = dict[str, list[tuple[Any, ...]]]


def tables(shop: MiniShop) -> Rows:
    """Rows of the tables that a mini shop builds, with their file and line, as its own engine reads them."""
    found: Rows = {}
    with shop.open() as context:
        for name in BUILT:
            table = context.lake.find(name)
            back = context.engine.bind("back", table.types, [file.path for file in table.files()])
            columns = ", ".join(column for column in table.types if column not in VOLATILE)
            found[name] = sorted(context.engine.rows(f"select {columns} from {back}"), key=repr)
    return found


def equals_a_rebuild(shop: MiniShop) -> bool:
    """Whether building everything anew, by DuckDB whichever engine built it, gives the tables as they are."""
    found = tables(shop)
    return shop.run(full_refresh=True, engine="duckdb").ok and tables(shop) == found


def everything(shop: MiniShop, aside: Collection[str] = ()) -> Rows:
    """Rows of every table of the warehouse as sorted lists, with the file and line each came from.

    Columns that are volatile or put `aside` are left out, and the run ledger, which tells of runs only.
    """
    found: Rows = {}
    with shop.looked_at() as context:
        for name in sorted({*context.lake.names()} - {FLOW_RUNS}):
            table = context.lake.find(name)
            back = context.engine.bind("back", table.types, [file.path for file in table.files()])
            columns = ", ".join(f'"{column}"' for column in table.types if column not in {*VOLATILE, *aside})
            found[name] = sorted(map(_rounded, context.engine.rows(f"select {columns} from {back}")), key=repr)
    return found


def _rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Doubles to nine digits: their sums depend on the order of the rows."""
    return tuple(float(f"{value:.9g}") if isinstance(value, float) else value for value in row)


def same(found: Rows, expected: Rows) -> None:
    """Assert table by table, for a message that can be read."""
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, name


def catches_up(shop: MiniShop) -> bool:
    """Whether a run puts everything right, as building everything anew would."""
    return shop.run().ok and equals_a_rebuild(shop)


def sale_ids(shop: MiniShop) -> list[str]:
    """Keys of silver.sales, sorted."""
    return [row[0] for row in shop.rows("silver.sales")]
