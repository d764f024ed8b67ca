"""The generator: what lands on a day is the same whatever else is planned."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from marketpulse_retail.generate import ShopPlan, generate


def test_landing_files_do_not_depend_on_how_many_days_are_planned(tmp_path: Path) -> None:
    for days in (1, 2):
        generate(ShopPlan(date(2026, 3, 2), days=days, clicks_per_day=500), tmp_path / str(days), None)
    short = {p.relative_to(tmp_path / "1"): p.read_bytes() for p in (tmp_path / "1").rglob("*") if p.is_file()}
    longer = {p.relative_to(tmp_path / "2"): p.read_bytes() for p in (tmp_path / "2").rglob("*") if p.is_file()}
    assert short.items() <= longer.items()
    assert len(longer) > len(short)
