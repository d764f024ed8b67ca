"""The run ledger: a row for each run that did something or went wrong, however it ended."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from marketpulse import __version__, flow
from marketpulse.errors import StorageError, UsageError
from marketpulse.names import FLOW_RUNS
from marketpulse.run.context import Silent, open_context
from marketpulse.run.ledger import recorded
from marketpulse.run.report import RunReport, TableReport
from marketpulse.serving.runs import Run, runs
from marketpulse.upkeep.diff import diff
from marketpulse.upkeep.maintain import Policy, maintain
from tests.command import marketpulse
from tests.shop import MiniShop

GOOD = ("1,2026-01-01,1,1.5", "2,2026-01-02,2,2")


class Breaks(Silent):
    """A watcher of a run in whose face something bursts when a step begins."""

    def __init__(self, step: str, error: BaseException) -> None:
        self._step, self._error = step, error

    def start(self, step: str, total: int) -> None:  # noqa: ARG002 - a step without units breaks as well
        if step == self._step:
            raise self._error


def history(shop: MiniShop) -> list[Run]:
    """Runs as a person would see them, oldest first."""
    with shop.open(engine="duckdb") as context:
        return runs(context, 100)[::-1]


def written(shop: MiniShop) -> list[Any]:
    """Ids and status in the table itself, oldest first."""
    return [(row[0], row[5]) for row in sorted(shop.rows(FLOW_RUNS), key=lambda row: row[1])]


def broken_off(shop: MiniShop, step: str, error: BaseException) -> None:
    """Run until `error` is raised where `step` begins."""
    with open_context(shop.settings, shop.project(), Breaks(step, error)) as context:
        flow.run(context, flow.Options())


@pytest.mark.engines(always=False)
def test_a_run_that_did_something_has_a_row(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *GOOD, "3,2026-01-02,0,1")
    report = shop.run()
    assert (report.ok, report.unrecorded) == (True, None)
    (run,) = history(shop)
    assert (run.run_id, run.status, run.version, run.reasons) == (report.run_id, "done", __version__, [])
    times = [(each.pop("after"), each.pop("seconds")) for each in run.tables]
    assert times == sorted(times)
    assert all(a + s <= b + 0.01 for (a, s), (b, _) in pairwise(times))
    assert 0 < sum(seconds for _, seconds in times) <= (run.ended_at - run.started_at).total_seconds() + 0.1
    assert run.tables == [
        {"name": "bronze.sales", "status": "built", "rows": 3},
        {"name": "silver.sales", "status": "built", "rows": 2},
        {"name": "gold.agg_daily", "status": "built", "rows": 2},
        {"name": "gold.mart_total", "status": "built", "rows": 1},
    ]
    assert run.rows == 8
    assert run.ended_at is not None
    assert 0 < (run.ended_at - run.started_at).total_seconds() < 600
    assert written(shop) == [(report.run_id, "done")]


@pytest.mark.engines(always=False)
def test_a_run_that_found_nothing_to_do_has_none_and_commits_nothing(shop: MiniShop) -> None:
    assert shop.run().ok
    assert shop.snapshots(runs=True) == {}
    shop.land_sales("2026-01-01", *GOOD)
    shop.run()
    before = shop.snapshots(runs=True)
    assert FLOW_RUNS in before
    for _ in range(2):
        assert shop.run().ok
    assert shop.snapshots(runs=True) == before


def test_what_a_gate_kept_out_is_told_with_its_reason(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-01,0,1" for n in range(9)])
    shop.land("sales/bad.csv", "id,qty\n1,1\n")
    assert not shop.run().ok
    (run,) = history(shop)
    assert (run.status, run.rows) == ("blocked", 9)
    assert [(each["name"], each["status"]) for each in run.tables] == [
        ("bronze.sales", "blocked"),
        ("silver.sales", "blocked"),
        ("gold.agg_daily", "skipped"),
        ("gold.mart_total", "skipped"),
    ]
    assert [reason.split(":")[0] for reason in run.reasons] == ["sales/bad.csv", "silver.sales"]
    shop.run()
    assert [run.status for run in history(shop)] == ["blocked", "blocked"]


def test_what_the_engine_could_not_do_is_a_failed_run(shop: MiniShop) -> None:
    shop.edit("gold/agg_daily/model.sql", "sum(qty) as qty", "sum(qty * 9223372036854775807) as qty")
    shop.land_sales("2026-01-01", *GOOD)
    assert not shop.run().ok
    (run,) = history(shop)
    assert (run.status, run.reasons[0].split(":")[0]) == ("failed", "gold.agg_daily")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            StorageError("the tap is shut", where="bronze.sales", hint="open it"),
            "bronze.sales: the tap is shut (open it)",
        ),
        (KeyboardInterrupt(), "stopped by hand"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
    ],
    ids=["storage", "by hand", "a bug"],
)
def test_a_run_that_breaks_off_is_told_with_what_it_had_built(
    shop: MiniShop, error: BaseException, reason: str
) -> None:
    shop.land_sales("2026-01-01", *GOOD)
    with pytest.raises(type(error)):
        broken_off(shop, "silver.sales", error)
    (run,) = history(shop)
    assert (run.status, run.reasons) == ("failed", [reason])
    assert [each["name"] for each in run.tables] == ["bronze.sales"]


def test_a_refused_surprise_is_a_failed_run_and_a_wrong_name_is_none(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *GOOD)
    shop.run()
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "sum(qty + 0)")
    with pytest.raises(UsageError):
        shop.run(strict=True)
    with pytest.raises(UsageError):
        shop.run("gold.agg_dayly")
    assert [run.status for run in history(shop)] == ["done", "failed"]
    assert "would be rebuilt: the model changed" in history(shop)[1].reasons[0]


def blocked_ledger(shop: MiniShop) -> Path:
    """Put a file where the folder of the ledger would be: it cannot be written."""
    place = shop.settings.warehouse / "bronze" / "flow_runs"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")
    return place


def test_a_ledger_that_cannot_be_written_is_told_and_changes_nothing_else(shop: MiniShop) -> None:
    place = blocked_ledger(shop)
    shop.land_sales("2026-01-01", *GOOD)
    done = marketpulse(shop, "run")
    assert (done.returncode, "3 tables built" in done.stdout) == (0, True)
    assert "warning the run ledger was not written:" in done.stdout
    assert len(shop.rows("silver.sales")) == 2
    assert "the run ledger was not written" in json.loads(marketpulse(shop, "run", "--json").stdout)["unrecorded"]
    place.unlink()
    assert shop.run().unrecorded is None
    assert [status for _, status in written(shop)] == ["done"]


def test_what_ended_a_run_is_told_first_where_the_ledger_cannot_be_written_either(shop: MiniShop) -> None:
    blocked_ledger(shop)
    shop.land_sales("2026-01-01", *GOOD)
    with pytest.raises(StorageError, match="the tap is shut") as found:
        broken_off(shop, "silver.sales", StorageError("the tap is shut"))
    assert ["the run ledger was not written" in note for note in found.value.__notes__] == [True]
    (shop.settings.warehouse / "silver").write_text("in the way")
    said = marketpulse(shop, "run")
    assert (said.returncode, said.stderr.count("error"), said.stderr.count("warning the run ledger")) == (2, 1, 1)


def test_many_reasons_make_a_small_row(shop: MiniShop) -> None:
    for number in range(30):
        shop.land(
            f"sales/bad{number:02d}.csv", ",".join(["id", "qty", *(f"c{n}" for n in range(300))]) + f"\n{number}\n"
        )
    shop.run()
    (run,) = history(shop)
    assert (len(run.reasons), run.reasons[-1]) == (21, "and 10 more")
    assert max(map(len, run.reasons)) <= 500


def test_many_runs_stay_few_files_and_few_snapshots(shop: MiniShop) -> None:
    with shop.open() as context:
        for _ in range(45):
            with recorded(context, RunReport(context.run_id, tables=[TableReport("gold.agg_daily", "built")])):
                pass
        table = context.lake.find(FLOW_RUNS)
        assert table is not None
        assert (len(table.files()), len(table.snapshots())) == (5, 25)
        assert sum(file.rows for file in table.files()) == 45


def test_maintenance_compacts_the_ledger_and_comparisons_leave_it_out(shop: MiniShop, tmp_path: Path) -> None:
    for number in range(5):
        shop.land_sales(f"2026-01-0{number + 1}", f"{number},2026-01-01,1,1")
        shop.run()
    with shop.open() as context:
        done = {each.table: each for each in maintain(context, Policy())}
    assert (done[FLOW_RUNS].compacted, done[FLOW_RUNS].into, len(history(shop))) == (5, 1, 5)
    twin = MiniShop(tmp_path / "twin")
    twin.settings = replace(twin.settings, landing=shop.landing)
    twin.run()
    found = diff(shop.settings, shop.settings.warehouse, twin.settings.warehouse)
    assert [(table.table, table.status) for table in found if not table.equal] == []
    assert FLOW_RUNS not in {table.table for table in found}
    with pytest.raises(UsageError, match="tells of runs only"):
        diff(shop.settings, shop.settings.warehouse, twin.settings.warehouse, [FLOW_RUNS])
