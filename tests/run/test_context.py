"""What a run has to itself: a name, folders in the order it uses them, locks, and scratch that goes with it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from marketpulse.errors import StorageError
from marketpulse.run.context import open_context
from tests.shop import MiniShop


def test_a_run_is_named_by_its_time_and_what_a_scheduler_calls_it(shop: MiniShop) -> None:
    with open_context(shop.settings, shop.project(), label="try-7") as context:
        assert context.run_id == f"{context.started:%Y%m%dT%H%M%S}-try-7"
        assert context.started.strftime("%Y-%m-%d %H:%M:%S") == context.started_text[:19]


def test_folders_of_a_table_sort_in_the_order_of_their_numbers_and_never_collide(shop: MiniShop) -> None:
    with shop.open() as context:
        found = [context.folder("bronze.sales", number) for number in (0, 1, 2, 10)]
        assert found == sorted(found)
        assert context.folder("bronze.sales", 0) != found[0]
        assert Path(found[0]).parent == shop.settings.warehouse / "bronze/sales/data"


def test_scratch_goes_when_a_run_ends_however_it_ended(shop: MiniShop) -> None:
    def interrupted() -> None:
        with shop.open() as context:
            Path(context.staging("silver.sales", "x")).mkdir(parents=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(shop.settings.scratch.iterdir()) == []


def test_what_a_killed_run_left_goes_and_what_a_running_one_uses_stays(shop: MiniShop) -> None:
    scratch = shop.settings.scratch
    (scratch / "killed/spill").mkdir(parents=True)
    (scratch / "killed.lock").touch()
    with shop.open() as running:
        assert not (scratch / "killed").exists()
        running.scratch.mkdir(exist_ok=True)
        with shop.open():
            assert running.scratch.exists()


def test_a_table_is_built_by_one_at_a_time(shop: MiniShop) -> None:
    order: list[str] = []

    def second() -> None:
        with shop.open() as other, other.lock("gold.x"):
            order.append("second")

    with shop.open() as context:
        with context.lock("gold.x"):
            waiting = threading.Thread(target=second)
            waiting.start()
            waiting.join(timeout=0.5)
            assert waiting.is_alive()
            order.append("first")
        waiting.join(timeout=20)
    assert order == ["first", "second"]


def test_a_warehouse_that_is_a_file_is_said(shop: MiniShop) -> None:
    shop.settings.warehouse.write_text("no folder")
    with pytest.raises(StorageError, match="cannot write"), shop.open():
        pass
