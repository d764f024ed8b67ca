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
    (masked,) = said(typed, "show", "--rule", "type")
    assert ("raw_record" in masked, len(masked["record_key"])) == (False, 64)
    (shown,) = said(typed, "show", "--rule", "type", "--role", "steward")
    assert json.loads(shown["raw_record"])["qty"] == "many"
    text = typed("quarantine", "show", "--rule", "type").stdout
    assert ("many" in text, "--role steward" in text) == (False, True)
    assert ("- type: qty is not a int" in text, "there are more" in text) == (True, False)
    assert "these are the newest 1, and there are more" in typed("quarantine", "show", "--limit", "1").stdout
    assert "sales/ingest_date=2026-01-01/sales.csv, record 10" in text


def test_what_was_fixed_is_replayed_and_what_is_discarded_is_closed(dirty: MiniShop, typed: Typed) -> None:
    dirty.edit("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    (dry,) = said(typed, "replay", "--dry-run")
    (done,) = said(typed, "replay")
    assert dry == done
    assert (done["tried"], done["passed"], done["failed"]) == (2, 1, 1)
    assert typed("quarantine", "discard", "--rule", "type", "--yes").returncode == 0
    assert {(row["status"], row["rows"]) for row in said(typed, "list", "--status", "all")} == {
        ("replayed", 1),
        ("discarded", 1),
    }


NAMES = [
    ("--table", "silver.sale", "did you mean silver.sales?"),
    ("--table", "nope", "known: silver.clicks, silver.quarantine, silver.sales"),
    ("--source", "sale", "did you mean sales?"),
    ("--rule", "qty_not_zeroo", "did you mean qty_not_zero?"),
    ("--status", "opened", "one of open, replayed, discarded, all"),
]


def test_a_name_that_is_not_there_is_no_empty_answer(dirty: MiniShop, typed: Typed) -> None:
    asked = [(command, *each) for command in ("list", "show") for each in NAMES]
    asked += [(command, *each) for command in ("replay", "discard", "reopen") for each in NAMES[:1]]
    for command, option, name, hint in asked:
        found = typed("quarantine", command, option, name)
        assert (found.returncode, f" hint {hint}" in found.stderr) == (2, True), (command, found.stderr)


def test_rows_of_a_table_that_is_not_defined_any_more_are_found(dirty: MiniShop, typed: Typed) -> None:
    for name in ("silver/sales", "gold/agg_daily", "gold/mart_total"):
        for file in (dirty.project_dir / name).iterdir():
            file.unlink()
    found = said(typed, "list", "--table", "silver.sales", "--rule", "qty_not_zero")
    assert [row["reason"] for row in found] == ["nothing was sold"]
    told = typed("status").stdout
    assert "warning silver.sales is not defined any more: no run builds it" in told
    assert "bronze.sales is not defined" not in told
    assert "silver.quarantine is not defined" not in told
    assert "the project has no headlines" in typed("headlines").stdout
