"""Quarantined rows, tried again: what was fixed is as if it had never been wrong, and nothing is counted twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketpulse.errors import UsageError
from marketpulse.run.opening import reading
from marketpulse.silver import quarantine
from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import rehearse, replay
from tests.shop import MiniShop, result
from tests.silver.rejected import land, retry, statuses
from tests.tables import tables

FIX = ("silver/sales/from_sales.sql", "id, day, qty,", "id, day, replace(qty, ' pcs', '') as qty,")


def clean(root: Path, *edit: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a shop has that was right from the start."""
    shop = MiniShop(root)
    shop.edit(*edit)
    land(shop)
    shop.run()
    return tables(shop)


@pytest.mark.engines(always=False)
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


@pytest.mark.engines(always=False)
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


@pytest.mark.engines
def test_what_cannot_be_read_is_tried_and_stays_open(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", *[f"{n},2026-01-01,1,1" for n in range(9)], "half,2026")
    shop.run()
    done = retry(shop)[0]
    assert (done.tried, done.passed, done.failed) == (1, 0, 1)


def test_a_late_correction_beats_the_replayed_older_version(dirty: MiniShop) -> None:
    dirty.land_sales("2026-01-08", "a,2026-01-07,70,1")
    dirty.run()
    dirty.edit(*FIX)
    retry(dirty)
    assert [row[1:3] for row in dirty.rows("silver.sales") if row[0] == "a"] == [(date(2026, 1, 7), 70)]


@pytest.mark.engines(always=False)
def test_a_rehearsal_says_what_a_replay_will_and_changes_nothing(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    before = sorted(dirty.settings.local.rglob("*"))
    with reading(dirty.settings, read=dirty.project) as context:
        rehearsed = rehearse(context, Filter())
    assert sorted(dirty.settings.local.rglob("*")) == before
    assert [(done.tried, done.passed, done.failed) for done in rehearsed] == [(4, 2, 2)]
    assert rehearsed == retry(dirty)


def test_rows_that_are_others_by_now_are_not_replayed(dirty: MiniShop) -> None:
    dirty.edit(*FIX)
    with dirty.open() as context:
        with pytest.raises(UsageError, match="these are 4 rows by now, and not 3: nothing was changed"):
            replay(context, Filter(), quarantine.choose(context, Filter(rule="type")))
        assert [done.passed for done in replay(context, Filter(), quarantine.choose(context, Filter()))] == [2]
