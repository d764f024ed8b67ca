"""The recipe of docs/backup.md, as it stands there, beside runs and maintenance that go on in other processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from marketpulse.upkeep.diff import diff
from marketpulse.upkeep.move import move
from tests.command import marketpulse
from tests.docs.session import sessions
from tests.shop import MiniShop
from tests.upkeep.warehouses import land, on


def recipe() -> str:
    """The script of the page."""
    (page,) = sessions("backup.md")
    return next(text for _, title, text in page.steps if title == "backup.sh")


def back_up(shop: MiniShop) -> None:
    script = shop.root / "backup.sh"
    script.write_text(recipe(), encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", str(script), str(shop.settings.warehouse), str(shop.root / "backup")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path}, check=False)
    assert done.returncode == 0, done.stderr


def test_a_backup_of_a_warehouse_in_use_is_restored_and_equals_a_fresh_build(shop: MiniShop) -> None:
    # However many days are landed until the backups are made: a third of the rows of each is rejected on purpose.
    limit = "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n"
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", limit)
    for day in range(1, 4):
        land(shop, day)
    assert shop.run().ok
    failures: list[str] = []
    done = threading.Event()

    def keep_running() -> None:
        day = 4
        while not done.is_set():
            land(shop, day)
            found = marketpulse(shop, "run")
            if found.returncode:
                failures.append(found.stdout + found.stderr)
            day += 1
            if day % 3 == 0:
                marketpulse(shop, "maintain", "--snapshot-hours", "0", "--keep", "1")

    thread = threading.Thread(target=keep_running)
    thread.start()
    try:
        for _ in range(2):
            back_up(shop)
    finally:
        done.set()
        thread.join()
    assert failures == []
    restored, fresh = on(shop, shop.root / "restored"), on(shop, shop.root / "fresh")
    shutil.copytree(shop.root / "backup", restored.settings.warehouse)
    shutil.move(shop.settings.warehouse, shop.root / "lost")
    move(restored.settings.warehouse)
    again = restored.run()
    assert again.ok, [(each.name, each.message) for each in again.tables if each.message]
    assert fresh.run().ok
    found = diff(shop.settings, restored.settings.warehouse, fresh.settings.warehouse)
    assert [table.table for table in found if not table.equal] == []
    assert len(found) == 8
