"""Two machines run on one warehouse in S3 at the same time: the catalog decides, and nothing is lost or doubled."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.aws.conftest import Cloud
from tests.ready import ready
from tests.shop import MiniShop

TABLES = ("silver.sales", "silver.clicks", "gold.agg_daily", "gold.mart_total")


def machine(shop: MiniShop, cloud: Cloud, scratch: Path) -> subprocess.Popen[str]:
    """A run whose locks are not those of the others: its temporary folder is its own."""
    scratch.mkdir(exist_ok=True)
    settings = {f"MARKETPULSE_{key.upper()}": value for key, value in cloud.settings.items()}
    settings |= {"MARKETPULSE_PROJECT": str(shop.project_dir), "TMPDIR": str(scratch)}
    command = [str(ready() / "marketpulse"), "run", "--json"]
    return subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.long
def test_two_machines_at_once_make_the_tables_of_one(shop: MiniShop, cloud: Cloud, tmp_path: Path) -> None:
    refused = cloud.emulator.refused
    for day in range(1, 3):
        shop.land_sales(f"2026-01-0{day}", *[f"{day}{n},2026-01-0{1 + n % 3},{n},1" for n in range(5)])
        shop.land(f"clicks/{day}.json", f'{{"id":"{day}","ts":"2026-01-0{day}T00:00:01Z"}}\n')
        cloud.upload(shop.landing)
        both = [machine(shop, cloud, tmp_path / name) for name in ("one", "two")]
        for process in both:
            out, errors = process.communicate(timeout=240)
            assert process.returncode in (0, 1), errors
            assert "Traceback" not in errors, out + errors
    remote = MiniShop(tmp_path / "remote")
    remote.settings = replace(remote.settings, **cloud.settings)
    assert remote.run().ok
    shop.run()
    for name in TABLES:
        assert remote.rows(name) == shop.rows(name) != [], name
    assert sorted(row[2] for row in ledger(remote)) == sorted(row[2] for row in ledger(shop))
    print(f"refused commits: {cloud.emulator.refused - refused}")


def ledger(shop: MiniShop) -> list[tuple[object, ...]]:
    """Rows of landed files that brought something."""
    with shop.open() as context:
        table = context.lake.find("bronze.landed_files")
        assert table is not None
        landed = context.engine.bind("landed", table.types, [file.path for file in table.files()])
        return context.engine.rows(f"select source, source_file, content_sha256 from {landed} where not is_duplicate")
