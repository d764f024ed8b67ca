"""What a run would do, told before it does it; and a run that refuses what nobody asked for."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from tests.command import marketpulse
from tests.shop import MiniShop


def said(found: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    assert "Traceback" not in found.stderr
    return found.returncode, found.stderr


def test_a_plan_makes_nothing_where_there_is_no_warehouse_yet(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    found = marketpulse(shop, "plan", "--json")
    assert said(found)[0] == 0
    assert {row["table"]: row["reason"] for row in json.loads(found.stdout)}["silver.sales"] == "after bronze.sales"
    assert not Path(shop.settings.warehouse).exists()


def test_a_strict_run_refuses_a_rebuild_nobody_asked_for(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    before = shop.snapshots()
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "sum(qty + 0)")
    with pytest.raises(UsageError, match="would be rebuilt: the model changed"):
        shop.run(strict=True)
    assert shop.snapshots() == before
    assert shop.run(full_refresh=True, strict=True).ok
