"""Readers see the state after a run or the one before it, never one between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from marketpulse import flow
from marketpulse.errors import StorageError, UsageError
from marketpulse.lake.lake import Lake
from marketpulse.run import finished
from marketpulse.run.context import Context
from marketpulse.serving.query import Moment, stream
from marketpulse.silver import quarantine, replay
from marketpulse.upkeep.maintain import Policy, maintain
from tests.command import is_killed
from tests.shop import MiniShop

#: One query over all tables that rows of a day of sales reach: equal when they are of one state.
ASK = """
select (select count(*) from bronze.sales) as bronze, (select count(*) from silver.sales) as silver,
       (select sum(line_count) from gold.agg_daily) as daily, (select qty from gold.mart_total) as total
"""


def seen(shop: MiniShop) -> tuple[Any, ...]:
    with shop.open() as context:
        return tuple(stream(context, ASK).read_all().to_pylist()[0].values())


def land(shop: MiniShop, day: int, rows: int = 1) -> None:
    shop.land_sales(f"2026-01-{day:02d}", *[f"{day}-{n},2026-01-{day:02d},1,1" for n in range(rows)])


@contextmanager
def at_each_commit(then: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Do something after every commit of this process, told its table."""
    whole = Lake.commit

    def commit(self: Lake, *arguments: Any) -> int | None:
        result = whole(self, *arguments)
        if not busy:
            busy.append(1)
            then(arguments[0].name)
            busy.clear()
        return result

    busy: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(Lake, "commit", commit)
        yield


def test_a_query_beside_a_run_sees_the_state_before_it_then_the_one_after(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(shop, 1)
    shop.run()
    land(shop, 2)
    found: dict[str, tuple[Any, ...]] = {}
    with at_each_commit(lambda table: found.update({table: seen(shop)}), monkeypatch):
        shop.run()
    assert list(found)[-2:] == ["gold.mart_total", "bronze.flow_runs"]
    assert found.pop("bronze.flow_runs") == (2, 2, 2, 2)
    assert set(found.values()) == {(1, 1, 1, 1)}
    assert seen(shop) == (2, 2, 2, 2)


def test_tables_of_a_first_run_are_not_there_before_it_is_over(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(table: str) -> None:
        if table == "silver.sales":
            with pytest.raises(UsageError, match=r"the first run that makes \w+\.\w+ is not over"):
                seen(shop)

    land(shop, 1)
    with at_each_commit(ask, monkeypatch):
        shop.run()
    assert seen(shop) == (1, 1, 1, 1)


@pytest.mark.parametrize("number", [1, 3, 4, 5])
def test_what_a_killed_run_left_is_seen_when_another_has_gone_on_from_it(shop: MiniShop, number: int) -> None:
    land(shop, 1)
    shop.run()
    land(shop, 2)
    assert is_killed(shop, number, "after")
    assert seen(shop) == (1, 1, 1, 1)
    with shop.open() as context:  # upkeep removes nothing that is still seen
        maintain(context, Policy(0, 1, 0))
    assert seen(shop) == (1, 1, 1, 1)
    shop.run()
    assert seen(shop) == (2, 2, 2, 2)


def test_a_run_of_some_tables_shows_what_it_built_and_what_that_was_built_from(shop: MiniShop) -> None:
    land(shop, 1)
    shop.run()
    land(shop, 2)
    shop.run("silver.sales")
    assert seen(shop) == (2, 2, 1, 1)
    shop.run("gold.agg_daily")
    assert seen(shop) == (2, 2, 2, 1)


def test_what_a_gate_stopped_stays_as_it_was_and_the_rest_is_seen(shop: MiniShop) -> None:
    land(shop, 1)
    shop.run()
    shop.land_sales("2026-01-02", *[f"x{n},2026-01-02,one,1" for n in range(9)])
    assert not shop.run().ok
    assert seen(shop) == (10, 1, 1, 1)


def test_a_run_that_was_stopped_by_hand_shows_nothing(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(table: str) -> None:
        if table == "silver.sales":
            raise KeyboardInterrupt

    land(shop, 1)
    shop.run()
    land(shop, 2)
    with at_each_commit(stop, monkeypatch), pytest.raises(KeyboardInterrupt):
        shop.run()
    assert seen(shop) == (1, 1, 1, 1)
    shop.run()
    assert seen(shop) == (2, 2, 2, 2)


def test_two_runs_at_once_show_no_state_between(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second begins, and ends, after each commit of the first."""
    land(shop, 1)
    shop.run()
    day = iter(range(2, 30))
    found: list[tuple[Any, ...]] = []

    def another(table: str) -> None:
        if table != "bronze.flow_runs" and table not in locked:
            land(shop, next(day))
            with shop.open() as context:
                flow.run(context, flow.Options(["silver.clicks"]))
        found.append(seen(shop))

    locked = {"bronze.sales", "silver.sales", "silver.clicks", "bronze.landed_files"}
    land(shop, next(day))
    with at_each_commit(another, monkeypatch):
        shop.run()
    found.append(seen(shop))
    assert all(silver == daily == total for _, silver, daily, total in found), found
    shop.run()
    assert len(set(seen(shop))) == 1


def rejected(shop: MiniShop) -> tuple[Any, ...]:
    with shop.open() as context:
        opened = "select count(*) from silver.quarantine where status = 'open'"
        text = f"select (select count(*) from silver.sales), ({opened})"
        return tuple(stream(context, text).read_all().to_pylist()[0].values())


def test_what_a_person_does_to_rejected_rows_is_seen_at_once(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,0,1", "3,2026-01-01,0,1")
    shop.run()
    assert rejected(shop) == (1, 2)
    rows = quarantine.Filter("silver.sales")
    with shop.open() as context:
        quarantine.discard(context, rows)
    assert rejected(shop) == (1, 0)
    with shop.open() as context:
        quarantine.reopen(context, rows)
    assert rejected(shop) == (1, 2)
    shop.edit("silver/sales/contract.yaml", "qty <> 0", "qty < 9")
    with shop.open() as context:
        replay.replay(context, rows)
    assert rejected(shop) == (3, 0)


def test_compaction_is_seen_and_keeps_no_older_snapshot(shop: MiniShop) -> None:
    for day in range(1, 6):
        shop.land_sales(f"2026-02-0{day}", f"{day},2026-01-01,1,1")
        shop.run()
    with shop.open() as context:
        maintain(context, Policy(0, 1, 0))
        table = context.lake.find("bronze.sales")
        assert len(table.files()) == 1
        assert finished.pinned(context.lake, context.settings.scratch)["bronze.sales"] == table.snapshot_id
    assert seen(shop) == (5, 5, 5, 5)


def test_a_warehouse_without_a_written_state_is_seen_as_it_is(shop: MiniShop) -> None:
    land(shop, 1)
    shop.run()
    with shop.open() as context:
        context.lake.drop("bronze.flow_runs")
    land(shop, 2)
    assert seen(shop) == (1, 1, 1, 1)
    shop.run("silver.sales")
    assert seen(shop) == (2, 2, 1, 1)


def test_a_job_that_may_not_read_all_tables_says_nothing_of_them(
    shop: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: Lake) -> list[str]:
        raise StorageError("access denied")

    land(shop, 1)
    with monkeypatch.context() as patched, shop.open() as context:
        patched.setattr("marketpulse.flow.refuse_another", lambda _: None)
        patched.setattr(Lake, "names", denied)
        report = flow.run(context, flow.Options())
        assert report.unrecorded is None
        assert finished.pinned(context.lake, context.settings.scratch) is None
    assert seen(shop) == (1, 1, 1, 1)


def test_a_table_that_somebody_else_made_is_seen_as_it_is(shop: MiniShop) -> None:
    land(shop, 1)
    shop.run()

    def made(context: Context) -> None:
        table = context.lake.ensure("gold.theirs", {"n": "long"})
        with table.iceberg.transaction() as change:
            change.remove_properties("marketpulse.key")
        path = context.engine.write("select cast(7 as bigint) as n", context.folder("gold.theirs"), None)
        table = context.lake.find("gold.theirs")
        context.lake.commit(table, context.lake.describe(table, path), [], {}, {})

    with shop.open(role="steward") as context:
        made(context)
        assert stream(context, "select n from gold.theirs").read_all().to_pylist() == [{"n": 7}]


def test_queries_of_one_moment_agree(shop: MiniShop) -> None:
    land(shop, 1)
    shop.run()
    with shop.open() as context:
        moment = Moment.now(context)
        land(shop, 2)
        shop.run()
        assert stream(context, ASK, moment=moment).read_all().to_pylist()[0]["total"] == 1
        assert stream(context, ASK).read_all().to_pylist()[0]["total"] == 2
