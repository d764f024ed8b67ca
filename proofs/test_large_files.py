"""A file several times larger than the memory it is given comes in, in every format: whole, and within a bound.

`MARKETPULSE_LARGE_MB` says how large the files are, unpacked (each takes some minutes, and twice its size on the disk).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shop import MiniShop

from proofs.large import LARGE

LARGE_MB = int(os.environ.get("MARKETPULSE_LARGE_MB", "1600"))
MEMORY_MB = 512
#: The engine's memory; 300 MB, which the load of a small file takes (interpreter, libraries); and what a reader
#: holds at once: blocks of some MB and texts of up to 32 MB, as bytes, as Arrow and as Python have them.
MOST_MB = MEMORY_MB + 300 + 200
_LOADER = """
import json, sys
from pathlib import Path
from marketpulse.bronze.ingest import ingest
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
root = Path({root!r})
settings = Settings(root / "landing", root / "warehouse", root / "project", memory_mb={memory})
with open_context(settings, load_project(root / "project")) as context:
    found = ingest(context, context.project.sources["sales"])
told = dict(records=found.records, malformed=found.malformed, blocked=[str(each) for each in found.blocked])
# The kernel's own count of this process alone: ru_maxrss begins with what its parent had when it was made.
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps(dict(told, peak=int(peak) * 1024 // 1_000_000)))
"""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", LARGE)
def test_a_file_that_is_larger_than_memory_comes_in_whole(name: str, tmp_path: Path) -> None:
    large, shop = LARGE[name], MiniShop(tmp_path)
    shop.write("sources/sales.yaml", f"name: sales\ndescription: Large.\nowner: m\n{large.says}\n")
    path = shop.land("sales/large", b"")
    count = large.write(path, LARGE_MB)
    times = 2 if name == "parquet_lists" else 1
    script = _LOADER.format(root=str(tmp_path), memory=MEMORY_MB)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    path.unlink()
    peak = told.pop("peak")
    print(f"{name}: {count * times:,} records, {peak} MB at most")
    assert told == {"records": count * times, "malformed": 0, "blocked": []}
    assert _sum(shop, large.called) == times * count * (count + 1) // 2
    assert peak <= MOST_MB


def _sum(shop: MiniShop, called: str) -> int:
    with shop.open() as context:
        table = context.lake.find("bronze.sales")
        assert table
        rows = context.engine.bind("back", table.types, [file.path for file in table.files()])
        json_path = called.replace("get_json_object", "json_extract_string")
        ((total,),) = context.engine.rows(f"select sum(cast({json_path} as bigint)) from {rows}")
    return int(total)
