"""Forget one person, then a crowd, against a full refresh of the same warehouse; no byte of them is left.

    python benchmarks/erasing.py [--clicks 5000000] [--days 50] [--people 10000] [--folder build]

A generated shop with a customer for 25 clicks. Beside other work only CPU seconds mean something; all are of one run.
In the end every file of the warehouse is unpacked and searched for every name that went, those that theirs led to too.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from measure import Measured, measure

from marketpulse.lake.avrofile import decode

#: Clicks for each customer of the shop.
CLICKS = 25
START = date(2026, 1, 5)


def main() -> None:
    """Make the shop, erase, search, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clicks", type=int, default=5_000_000)
    parser.add_argument("--days", type=int, default=50)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the warehouse is made; gone at the end")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        _bench(Path(folder), options)


def _bench(folder: Path, options: argparse.Namespace) -> None:
    customers = options.clicks // CLICKS
    _shop(folder, options, customers)
    _run(folder, "run")
    rows = [("a full refresh", _run(folder, "run", "--full-refresh"))]
    crowd = random.Random(1).sample(range(customers), options.people + 1)
    for each in (crowd[:1], crowd[1:]):
        found = _erase(folder, [f"C{number:06d}" for number in each])
        rows.append((f"{len(each):,} of {customers:,} people", found[0]))
        names = [text for _, text in found[1]["names"]]
        left = list(traces(folder / "warehouse", names, folder))
        print(f"{len(names):,} names, {len(left):,} files hold one", *left[:5], sep="\n", file=sys.stderr)
        assert not left, "somebody is not forgotten"
    print(f"\n### {options.clicks:,} clicks, {options.days} days\n")
    print("| | time | of the refresh | CPU | of the refresh | peak memory |\n|---|---:|---:|---:|---:|---:|")
    whole = rows[0][1]
    for name, r in rows:
        shares = f"{r.seconds / whole.seconds:.2f} × | {r.cpu:.1f} s | {r.cpu / whole.cpu:.2f} ×"
        print(f"| {name} | {r.seconds:.1f} s | {shares} | {r.peak_mib:,.0f} MiB |")


def _shop(folder: Path, options: argparse.Namespace, customers: int) -> None:
    """Generate it in a process of its own: a child's peak memory starts at what its parent had."""
    daily = options.clicks // options.days
    plan = f"ShopPlan({START!r}, days={options.days}, clicks_per_day={daily}, customers={customers})"
    code = f"import datetime; from benchmarks_shop import ShopPlan, make; make({plan}, {str(folder / 'landing')!r})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)


def _run(folder: Path, *arguments: str, fine: Sequence[int] = (0,)) -> Measured:
    places = ["--landing", str(folder / "landing"), "--warehouse", str(folder / "warehouse")]
    command = [sys.executable, "-m", "marketpulse", *arguments, *places]
    return measure(command, folder / "log", {"MARKETPULSE_MEMORY_MB": "1300"}, fine)


def _erase(folder: Path, people: Sequence[str]) -> tuple[Measured, dict[str, Any]]:
    """Forget them; the landing zone is its owner's, so that files there hold them is what exit code 1 is for."""
    (folder / "people").write_text("\n".join(people))
    who = ("customer", "--list", str(folder / "people"), "--reason", "asked for", "--yes", "--json")
    took = _run(folder, "erase", *who, fine=(0, 1))
    found = json.loads((folder / "log").read_text())
    assert found["tables"], found
    assert not found["waits"], found
    return took, found


def traces(warehouse: Path, names: Sequence[str], scratch: Path) -> Iterator[str]:
    """Files of a warehouse that have one of the names in their bytes, in what they unpack to, or in their paths."""
    wanted = scratch / "wanted"
    wanted.write_text("\n".join(names) + "\n")
    for path in sorted(warehouse.rglob("*")):
        if path.is_file():
            with tempfile.TemporaryFile(dir=scratch) as said:
                for part in _parts(path):
                    said.write(part)
                said.seek(0)
                found = subprocess.run(["grep", "-q", "-a", "-F", "-f", str(wanted)], stdin=said, check=False)
            if found.returncode == 0:
                yield str(path.relative_to(warehouse))
            elif found.returncode != 1:
                raise SystemExit("grep could not search")


def _parts(path: Path) -> Iterator[bytes]:
    yield str(path).encode()
    yield path.read_bytes()
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        yield str(file.metadata.to_dict()).encode()
        for batch in file.iter_batches():
            yield from _said(batch)
    elif path.suffix == ".avro":
        yield str(decode(path.read_bytes(), str(path))).encode()


def _said(batch: pa.RecordBatch) -> Iterator[bytes]:
    for column in batch.columns:
        if pa.types.is_nested(column.type):
            yield str(column.to_pylist()).encode("utf-8", "surrogatepass")
        else:
            texts = pc.fill_null(pc.cast(column, pa.string()), "")
            yield pc.binary_join_element_wise(texts, "", "\n").buffers()[2].to_pybytes()


if __name__ == "__main__":
    main()
