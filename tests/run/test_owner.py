"""A warehouse is built by one project: another that runs on it by mistake is refused, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse import flow
from marketpulse.errors import UsageError
from marketpulse.names import PROJECT_KEY
from marketpulse.run.work import find_work
from tests.shop import MiniShop


@pytest.fixture
def built(shop: MiniShop) -> MiniShop:
    shop.land_sales("2026-01-01", "1,2026-01-01,2,1.5")
    assert shop.run().ok
    return shop


def other(shop: MiniShop, name: str = "other", extends: str = "") -> Path:
    """Another project: one table of its own, and what it extends."""
    folder = shop.root / name
    (folder / "gold" / "dim_one").mkdir(parents=True)
    (folder / "project.yaml").write_text(f"name: {name}\n{extends}", encoding="utf-8")
    text = (shop.project_dir / "gold/mart_total/contract.yaml").read_text(encoding="utf-8")
    (folder / "gold/dim_one/contract.yaml").write_text(text.replace("mart_total", "dim_one"), encoding="utf-8")
    model = "select 1 as total_id, 2 as qty, 3 as click_count\n"
    (folder / "gold/dim_one/model.sql").write_text(model, encoding="utf-8")
    return folder


def test_another_project_is_refused_and_nothing_is_written(built: MiniShop) -> None:
    before = built.snapshots(runs=True)
    built.project_dir = other(built)
    with pytest.raises(UsageError, match=r"the project mini built \d tables of this warehouse, for example gold\.agg_"):
        built.run()
    with built.open() as context, pytest.raises(UsageError, match="this is the project other"):
        flow.forecast(context, flow.Options())
    assert built.snapshots(runs=True) == before


def test_another_project_may_be_meant(built: MiniShop) -> None:
    built.project_dir = other(built)
    with built.open() as context:
        assert flow.run(context, flow.Options(take_over=True)).ok
    assert built.rows("gold.dim_one") == [(1, 2, 3)]


def test_a_project_that_extends_the_one_before_goes_on_and_the_one_before_no_longer(built: MiniShop) -> None:
    first = built.project_dir
    built.project_dir = other(built, "more", f"extends: {first}\n")
    report = built.run()
    assert (report.ok, [t.name for t in report.tables if t.status == "built"]) == (True, ["gold.dim_one"])
    built.project_dir = first
    with pytest.raises(UsageError, match="the project more built"):
        built.run()


def test_a_warehouse_of_a_release_before_is_of_whoever_runs_on_it_next(built: MiniShop) -> None:
    with built.open() as context:
        for name in ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total"):
            if table := context.lake.find(name):
                with table.iceberg.transaction() as change:
                    change.remove_properties(PROJECT_KEY)
    assert built.run().ok
    with built.open() as context:
        work = find_work(context, context.project.table("gold.agg_daily"))
        assert (work.current.state[PROJECT_KEY], work.reason) == ("mini", None)
