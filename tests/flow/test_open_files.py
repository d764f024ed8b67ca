"""Very many small files, of every format: open files stay few, whatever the machine allows."""

from __future__ import annotations

import io
import resource

import pyarrow as pa
import pyarrow.parquet as pq

from tests.command import marketpulse
from tests.shop import MiniShop

FILES, MOST_OPEN = 120, 100

STOCK = {
    "sources/stock.yaml": "name: stock\ndescription: Counts.\nowner: store\nformat: parquet\n",
    "silver/stock/from_stock.sql": "select id, cast(n as int) as n from bronze.stock\n",
    "silver/stock/contract.yaml": (
        "apiVersion: v3.0.2\nkind: DataContract\nid: silver.stock\nname: stock\nversion: 1.0.0\nstatus: active\n"
        "description: {purpose: For tests.}\nteam: [{username: tests, role: owner}]\nschema:\n"
        "  - name: stock\n    physicalType: table\n    dataGranularityDescription: One row per key.\n    properties:\n"
        "      - {name: id, logicalType: string, physicalType: string, primaryKey: true, description: Test.}\n"
        "      - {name: n, logicalType: integer, physicalType: int, description: Test.}\n"
        "customProperties:\n  - {property: merge, value: {policy: latest}}\n"
    ),
}


def few() -> None:
    """Let this process open few files."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN, MOST_OPEN))


def land(shop: MiniShop, day: str) -> None:
    for number in range(FILES):
        key = f"{day}-{number}"
        shop.land_sales(day, f"{key},2026-01-{1 + number % 28:02d},1,1", name=f"{number}.csv")
        shop.land(f"clicks/ingest_date={day}/{number}.json", f'{{"id":"{key}","ts":"2026-01-01T00:00:01Z"}}\n')
        sink = io.BytesIO()
        pq.write_table(pa.table({"id": [key], "n": [number]}), sink)
        shop.land(f"stock/ingest_date={day}/{number}.parquet", sink.getvalue())


def test_many_small_files_need_few_open_ones(shop: MiniShop) -> None:
    for path, text in STOCK.items():
        shop.write(path, text)
    count = "select (select count(*) from silver.sales), (select count(*) from silver.clicks), (select sum(n) from "
    ask = ["query", f"{count} silver.stock)", "--format", "csv"]
    commands = [["run"], ["run", "--full-refresh"], ["maintain"]]
    for day, command in zip(("2026-01-01", "2026-01-02", "2026-01-03"), commands, strict=True):
        if command != ["maintain"]:
            land(shop, day)
        found = marketpulse(shop, *command, first=few)
        assert found.returncode == 0, found.stdout + found.stderr
    found = marketpulse(shop, *ask, first=few)
    assert found.stdout.splitlines()[1] == f"{2 * FILES},{2 * FILES},{FILES * (FILES - 1)}", found.stderr
