"""Quarantined rows, tried again: what was fixed is as if it had never been wrong, and nothing is counted twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import Replayed, replay
from tests.shop import MiniShop, result

TABLES = ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total")
VOLATILE = {"_ingested_at", "_batch_id"}
FIX = ("silver/sales/from_sales.sql", "id, day, qty,", "id, day, replace(qty, ' pcs', '') as qty,")


def land(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-0{1 + n % 3},{n},1" for n in range(1, 20)], "a,2026-01-01,3 pcs,1")
    shop.land_sales("2026-01-02", "a,2026-01-05,4 pcs,1", "b,2026-01-02,0,1", "2,2026-01-09,7,1", name="b.csv")
    shop.land_sales("2026-01-02", *[f"c{n},2026-01-02,1,1" for n in range(9)], "d,2026-13-01,1,1", name="c.csv")
    shop.land("clicks/a.json", '{"id":"a","ts":"2026-01-01T00:00:01Z"}\n')


def tables(shop: MiniShop) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every table, with their file and line; what differs by run and not by content is left out."""
    with shop.open() as context:
        found = {}
        for name in TABLES:
            table = context.lake.find(name)
            context.engine.bind("back", table.types, [file.path for file in table.files()])
            columns = ", ".join(column for column in table.types if column not in VOLATILE)
            found[name] = sorted(context.engine.rows(f"select {columns} from back"), key=repr)
        return found


def clean(root: Path, *edit: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a shop has that was right from the start."""
    shop = MiniShop(root)
    shop.edit(*edit)
    land(shop)
    shop.run()
    return tables(shop)


def statuses(shop: MiniShop) -> list[tuple[str, str, int]]:
    rows = shop.rows("silver.quarantine")
    return sorted((row[7] or "", row[13], row[12]) for row in rows)


def retry(shop: MiniShop, **where: Any) -> list[Replayed]:
    with shop.open() as context:
        return replay(context, Filter(**where))


@pytest.fixture
def dirty(shop: MiniShop) -> MiniShop:
    """A shop with four rows in quarantine."""
    land(shop)
    assert shop.run().ok
    assert [status for _, status, _ in statuses(shop)] == ["open"] * 4
    return shop


@pytest.mark.engines
def test_replay_after_a_fixed_mapping_equals_a_clean_run(dirty: MiniShop, tmp_path: Path) -> None:
    dirty.edit(*FIX)
    done = retry(dirty)[0]
    assert (done.tried, done.passed, done.failed) == (4, 2, 2)
    dirty.run("gold.*")
    assert tables(dirty) == clean(tmp_path / "clean", *FIX)
    assert statuses(dirty) == [("a", "replayed", 1), ("a", "replayed", 1), ("b", "open", 2), ("d", "open", 2)]


def test_replay_after_a_fixed_rule_equals_a_clean_run(dirty: MiniShop, tmp_path: Path) -> None:
    edit = ("silver/sales/contract.yaml", "qty <> 0", "qty >= 0")
    dirty.edit(*edit)
    assert retry(dirty, rule="qty_not_zero")[0].passed == 1
    dirty.run()
    assert tables(dirty) == clean(tmp_path / "clean", *edit)


@pytest.mark.engines
def test_replaying_twice_adds_nothing(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    retry(dirty)
    before = tables(dirty), len(dirty.rows("silver.quarantine"))
    assert [done.passed for done in retry(dirty)] == [0]
    assert (tables(dirty), len(dirty.rows("silver.quarantine"))) == before


def test_a_run_after_a_replay_rebuilds_to_the_same_rows(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    retry(dirty)
    dirty.run("gold.*")
    before = tables(dirty)
    assert result(dirty.run(), "silver.sales").reason == "the SQL for bronze.sales changed"
    assert tables(dirty) == before


def test_a_run_instead_of_a_replay_resolves_what_passes(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    dirty.run()
    assert sorted(status for _, status, _ in statuses(dirty)) == ["open", "open", "replayed", "replayed"]


def test_a_replayed_row_that_is_rejected_again_is_open_again(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    dirty.run()
    dirty.edit(FIX[0], FIX[2], FIX[1])
    dirty.run()
    assert [status for _, status, _ in statuses(dirty)] == ["open"] * 4


def test_a_row_that_the_mapping_now_filters_out_is_no_longer_open(dirty: MiniShop) -> None:
    dirty.edit("silver/sales/from_sales.sql", "<> 'skip'", "not in ('skip', 'b')")
    assert retry(dirty, rule="qty_not_zero")[0].passed == 1
    with dirty.open() as context:
        assert quarantine.count(context, Filter(status="open")) == 3


def test_a_discarded_row_stays_discarded(dirty: MiniShop) -> None:
    with dirty.open() as context:
        assert quarantine.discard(context, Filter(rule="type")) == 3
    assert [done.tried for done in retry(dirty)] == [1]
    dirty.run(full_refresh=True)
    assert sorted(status for _, status, _ in statuses(dirty)) == ["discarded"] * 3 + ["open"]


@pytest.mark.engines
def test_what_cannot_be_read_is_tried_and_stays_open(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-01,1,1" for n in range(9)], "half,2026")
    shop.run()
    done = retry(shop)[0]
    assert (done.tried, done.passed, done.failed) == (1, 0, 1)


@pytest.mark.engines
def test_tricks_in_filters_are_values(dirty: MiniShop) -> None:
    with dirty.open() as context:
        for trick in ("' or 1=1 --", "'; drop table x", '"', "%", "\\"):
            assert quarantine.count(context, Filter(rule=trick)) == 0
            assert quarantine.count(context, Filter(table=trick)) == 0
            assert quarantine.count(context, Filter(ids=(trick,))) == 0


def test_a_late_correction_beats_the_replayed_older_version(dirty: MiniShop) -> None:
    dirty.land_sales("2026-01-08", "a,2026-01-07,70,1")
    dirty.run()
    dirty.edit(*FIX)
    retry(dirty)
    assert [row[1:3] for row in dirty.rows("silver.sales") if row[0] == "a"] == [(date(2026, 1, 7), 70)]


def test_new_rejected_rows_are_added_without_writing_the_old_ones_again(shop: MiniShop) -> None:
    def files() -> set[str]:
        with shop.open() as context:
            return {file.path for file in context.lake.find("silver.quarantine").files()}

    land(shop)
    shop.run()
    before = files()
    shop.land_sales("2026-01-03", *[f"e{n},2026-01-03,1,1" for n in range(9)], "f,2026-13-01,1,1")
    shop.run()
    assert before < files()
    assert len(shop.rows("silver.quarantine")) == 4 + 1
