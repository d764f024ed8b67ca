"""Rejected rows on the command line: counted, shown whole, replayed once fixed, discarded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Typed
from tests.shop import MiniShop


@pytest.fixture
def dirty(shop: MiniShop) -> MiniShop:
    """A shop with two rejected rows: one of a rule, one of a type."""
    rows = [f"{number},2026-01-01,1,1" for number in range(8)]
    shop.land_sales("2026-01-01", *rows, "a,2026-01-01,0,1", "b,2026-01-01,many,1")
    assert shop.run().ok
    return shop


def said(typed: Typed, *arguments: str) -> Any:
    found = typed("quarantine", *arguments, "--json")
    assert (found.returncode, found.stderr) == (0, "")
    return json.loads(found.stdout)


def test_rows_are_counted_by_reason_and_shown_with_their_record(dirty: MiniShop, typed: Typed) -> None:
    assert {row["reason"]: row["rows"] for row in said(typed, "list")} == {"nothing was sold": 1, "qty is not a int": 1}
    (shown,) = said(typed, "show", "--rule", "type")
    assert json.loads(shown["raw_record"])["qty"] == "many"
    text = typed("quarantine", "show", "--rule", "type").stdout
    assert "- type: qty is not a int" in text
    assert "sales/ingest_date=2026-01-01/sales.csv, record 10" in text


def test_what_was_fixed_is_replayed_and_what_is_discarded_is_closed(dirty: MiniShop, typed: Typed) -> None:
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    (done,) = said(typed, "replay")
    assert (done["tried"], done["passed"], done["failed"]) == (2, 1, 1)
    assert typed("quarantine", "discard", "--rule", "type", "--yes").returncode == 0
    assert {(row["status"], row["rows"]) for row in said(typed, "list", "--status", "all")} == {
        ("replayed", 1),
        ("discarded", 1),
    }
