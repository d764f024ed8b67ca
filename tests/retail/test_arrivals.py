"""Every packaged table is the same whatever way its files came (`make proof` tries more)."""

from __future__ import annotations

from pathlib import Path

from tests.retail.arrivals import check, pieces, plan_of


def test_files_cut_up_shuffled_copied_and_delayed_give_the_tables_of_one_run(tmp_path: Path) -> None:
    found = pieces(tmp_path, plan_of(days=2, clicks=400, sales=150), parts=2)
    check(tmp_path, found, seed=1, runs=2)
