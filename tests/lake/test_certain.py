"""A commit whose answer is lost: it is there, so it is done; nothing that it wrote is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyiceberg.exceptions import CommitFailedException, NoSuchTableError

from marketpulse.errors import ConcurrentError, StorageError
from marketpulse.lake.sqlcatalog import FileCatalog
from marketpulse.names import LANDED_FILES
from tests.shop import MiniShop

ANSWERS = [CommitFailedException("somebody was faster"), OSError("500"), TimeoutError("no answer")]
DAY = "2026-01-01"


def losing(call: Callable[..., Any], error: Exception, when: Callable[[int], bool]) -> Callable[..., Any]:
    """The call, done, its answer lost."""
    calls = iter(range(1_000_000))

    def done(*arguments: Any, **options: Any) -> Any:
        answer = call(*arguments, **options)
        if when(next(calls)):
            raise error
        return answer

    return done


def expected(shop: MiniShop) -> dict[str, list[tuple[Any, ...]]]:
    return {name: shop.rows(name) for name in ("silver.sales", "gold.agg_daily", "gold.mart_total")}


def land(shop: MiniShop) -> None:
    shop.land_sales(DAY, f"1,{DAY},1,10", f"2,{DAY},0,10", name="a.csv")


@pytest.mark.parametrize("error", ANSWERS, ids=["refused", "error", "time-out"])
def test_every_lost_answer_of_a_run_is_looked_up(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(FileCatalog, "commit_table", losing(FileCatalog.commit_table, error, lambda _: True))
    land(shop)
    assert shop.run().ok
    monkeypatch.undo()
    assert shop.rows("silver.sales") == [("1", *shop.rows("silver.sales")[0][1:])]
    assert len(shop.rows("silver.quarantine")) == 1
    assert {table.status for table in shop.run().tables} == {"up to date"}
    whole = shop.snapshots()
    assert set(whole) >= {"bronze.sales", LANDED_FILES, "silver.sales", "gold.agg_daily", "gold.mart_total"}


@pytest.mark.parametrize("lost", range(12))
def test_one_lost_answer_anywhere_changes_nothing(shop: MiniShop, monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
    calls = losing(FileCatalog.commit_table, CommitFailedException("again"), lambda number: number == lost)
    monkeypatch.setattr(FileCatalog, "commit_table", calls)
    land(shop)
    assert shop.run().ok
    monkeypatch.undo()
    assert [row[0] for row in shop.rows("silver.sales")] == ["1"]
    assert [row[2] for row in shop.rows("gold.agg_daily")] == [1]
    assert {table.status for table in shop.run().tables} == {"up to date"}


def test_a_commit_that_really_failed_is_told(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any) -> None:
        raise CommitFailedException("somebody was faster")

    land(shop)
    shop.run()
    monkeypatch.setattr(FileCatalog, "commit_table", refuses)
    with shop.open() as context:
        table = context.lake.find("gold.agg_daily")
        assert table is not None
        with pytest.raises(ConcurrentError):
            context.lake.commit(table, [], [], {"marketpulse.x": "1"}, {})
        with pytest.raises(ConcurrentError):
            context.lake.commit(table, table.files(), [], {}, {})


def test_a_catalog_that_cannot_be_asked_leaves_everything_where_it_is(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(shop)
    shop.run()
    with shop.open() as context:
        table = context.lake.find("silver.sales")
        assert table is not None
        lost = losing(FileCatalog.commit_table, CommitFailedException("again"), lambda _: True)
        monkeypatch.setattr(FileCatalog, "commit_table", lost)
        away = losing(FileCatalog.load_table, OSError("away"), lambda number: number > 0)  # a commit loads it first
        monkeypatch.setattr(FileCatalog, "load_table", away)
        with pytest.raises(StorageError, match="not known whether"):
            context.lake.commit(table, [], table.files(), {}, {})
        monkeypatch.undo()
    assert shop.rows("silver.sales") == []  # it had landed, and can be read


def test_lost_answers_of_create_and_drop_are_no_failures(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.open() as context:
        context.lake.ensure("gold.kept", {"n": "long"})
        context.lake.drop("gold.kept")
        context.lake.drop("gold.kept")
        assert context.lake.find("gold.kept") is None
        with pytest.raises(NoSuchTableError):
            context.lake.catalog.load_table(("gold", "kept"))
