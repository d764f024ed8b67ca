"""Every silver and gold table on both engines, on every data set: the matrix of docs/parity.md.

python proofs/parity.py [DATA SET …]      `make parity` runs all; exit code 1 when a cell differs.
The page is written after each data set, from what was found now and, for those not named, before (build/parity.json).
Spark 4 has a page of its own.
Data sets whose files are not part of the project are taken from $REAL_DATA, and named as missing where it is not set.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pyspark
from adversarial import NAMES, lenient
from adversarial import land as land_adversarial

from marketpulse import flow
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from marketpulse.upkeep.diff import TableDiff, diff
from marketpulse_retail import PACK
from marketpulse_retail.generate import ShopPlan, generate
from marketpulse_retail.shop_project import shop_project

ROOT = Path(__file__).parents[1]
SPARK = pyspark.__version__
NAME = "parity" if SPARK.startswith("3.") else f"parity-spark{SPARK[0]}"
PAGE = ROOT / "docs" / f"{NAME}.md"
KEPT = ROOT / "build" / f"{NAME}.json"
EXAMPLES = ROOT / "examples"
HEAD = """# Parity: the same tables on DuckDB and on Spark

Written by `{target}`; do not edit. Each data set is landed once and run twice, on DuckDB {duckdb} and on Spark
{spark};
`marketpulse diff` then compares the two warehouses. A cell is the number of rows, when the two tables hold the same
rows with the same types, each row as often. What only says which run wrote a row, and when, is left out.
Times are those of a machine that had other work to do; they are no benchmark.

What is left as it is, because no standard says what is right (not part of the adversarial data):

* a JSON number with an exponent, or with eight digits or more before its point, where text is expected (`1e-7`): each
  engine writes it in its own way; as a number it is the same;
* a name that is given twice in one JSON object: DuckDB takes the first, Spark the last;
* upper and lower case of letters that got their other case after Unicode 13, and of Greek with iota subscript.

"""


@dataclass(frozen=True)
class DataSet:
    """Data to compare on: `land` fills a landing zone, False when its files are not here."""

    name: str
    about: str
    land: Callable[[Path], bool]
    project: Path | None = None
    gates: bool = True
    generated: bool = False


@dataclass
class Outcome:
    """What came out: differences by table, seconds and stopped tables by engine, or why there is nothing."""

    tables: list[TableDiff] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    stopped: dict[str, int] = field(default_factory=dict)
    problem: str | None = None


def _demo(landing: Path) -> bool:
    generate(ShopPlan(date(2026, 3, 2), days=7, clicks_per_day=20_000), landing, landing.with_name("truth"))
    return True


def _adversarial(landing: Path) -> bool:
    land_adversarial(landing)
    return True


def _one_row(landing: Path) -> bool:
    """One sale and one click: single rows, empty reference tables, empty buckets."""
    land_adversarial(landing, rows=3, odd=0)
    for name in ("products", "customers", "stores", "exchange_rates", "marketing_costs"):
        shutil.rmtree(landing / name)
    return True


def _skewed(landing: Path) -> bool:
    """One visitor, who is one customer, makes 30 % of the clicks, and most of them within one day."""
    generate(ShopPlan(date(2026, 3, 2), days=2, clicks_per_day=10_000), landing, landing.with_name("truth"))
    lines = []
    for number in range(8_500):
        moment = datetime(2026, 3, 3) + timedelta(seconds=number * 9)
        event = {"messageId": f"skew-{number}", "type": "track", "event": NAMES[number % 8], "anonymousId": "busy"}
        event |= {"userId": "c-busy" if number % 100 == 0 else None, "receivedAt": f"{moment:%Y-%m-%dT%H:%M:%S}Z"}
        event["properties"] = {"product_id": f"p{number % 50}", "price": 2.5, "quantity": 1, "order_id": f"o{number}"}
        lines.append(json.dumps(event))
    path = landing / "clickstream" / "ingest_date=2026-03-03" / "skew.ndjson"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True


def _journey(landing: Path) -> bool:
    sys.path.insert(0, str(EXAMPLES / "complete_journey"))
    from land import land  # type: ignore[import-not-found]

    land(landing)
    return True


def _real(folder: str, feed: str) -> Callable[[Path], bool]:
    def copy(landing: Path) -> bool:
        source = Path(os.environ.get("REAL_DATA", "/nowhere")) / folder
        if not source.is_dir():
            return False
        shutil.copytree(source, landing / feed)
        return True

    return copy


DATA_SETS = [
    DataSet("demo", "the demo shop: 7 days of 20,000 clicks, 1 % damaged records", _demo, generated=True),
    DataSet(
        "adversarial",
        "odd text, numbers, times and JSON, ties and copies (proofs/adversarial.py)",
        _adversarial,
        gates=False,
    ),
    DataSet("one row", "a handful of rows, empty reference tables", _one_row, gates=False),
    DataSet("skew", "one visitor makes 30 % of the clicks", _skewed, generated=True),
    DataSet(
        "online retail",
        "UCI Online Retail, December 2010",
        _real("online_retail", "online_retail"),
        EXAMPLES / "online_retail",
    ),
    DataSet(
        "e-shop",
        "UCI e-shop clickstream, April 2008",
        _real("eshop_clothing_2008", "eshop_clothing"),
        EXAMPLES / "eshop_clothing",
    ),
    DataSet("journey", "Complete Journey: 1.47 M transaction lines", _journey, EXAMPLES / "complete_journey"),
]


def compare(data: DataSet, root: Path) -> Outcome:
    """Land once, run on each engine, compare."""
    found = Outcome()
    landing = root / "landing"
    if not data.land(landing):
        return Outcome(problem="its files are not here ($REAL_DATA)")
    project = data.project if data.gates else lenient(PACK.folder, root / "project")
    if data.generated:
        project = shop_project(root / "project")
    settings = Settings(landing, root / "duckdb", project, memory_mb=2500)
    for engine in ("duckdb", "spark"):
        began = time.monotonic()
        warehouse = Settings(landing, root / engine, project, engine, memory_mb=2500)
        with open_context(warehouse, load_project(project)) as context:
            report = flow.run(context, flow.Options())
        found.seconds[engine] = time.monotonic() - began
        stopped = [f"{t.name}: {t.message}" for t in report.tables if t.status in ("blocked", "failed", "skipped")]
        found.stopped |= {engine: len(stopped)} if stopped else {}
        print(f"  {engine}: {found.seconds[engine]:.0f} s{' ' if stopped else ''}{'; '.join(stopped)}", flush=True)
    found.tables = diff(settings, root / "duckdb", root / "spark", samples=2)
    for table in found.tables:
        if not table.equal:
            print(f"  DIFFERS {table.table}: {table.status}, {table.left_only} | {table.right_only} {table.types}")
            for sample in table.samples:
                print(f"    {sample.side} {sample.times} × {sample.row}"[:1500])
    return found


def page(found: dict[str, Outcome]) -> str:
    """The matrix as Markdown."""
    import duckdb

    names = sorted({t.table for o in found.values() for t in o.tables}, key=lambda n: (_layer(n), n))
    ran = [data.name for data in DATA_SETS if data.name in found and not found[data.name].problem]
    lines = [f"| table | {' | '.join(ran)} |", "|---|" + "---:|" * len(ran)]
    for name in names:
        cells = [_cell(next((t for t in found[data].tables if t.table == name), None)) for data in ran]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    times = [" | ".join(f"{found[data].seconds[engine]:.0f} s" for data in ran) for engine in ("duckdb", "spark")]
    lines += [
        f"| *time on DuckDB* | {times[0]} |",
        f"| *time on Spark, two cores* | {times[1]} |",
        "",
        "Data sets:",
        "",
    ]
    for data in DATA_SETS:
        problem = found[data.name].problem if data.name in found else "not run"
        lines.append(f"* **{data.name}**: {data.about}" + (f" (missing: {problem})" if problem else ""))
    target = "make parity" if NAME == "parity" else "make spark4"
    return HEAD.format(duckdb=duckdb.__version__, spark=SPARK, target=target) + "\n".join(lines) + "\n"


def _layer(name: str) -> int:
    return ("bronze", "silver", "gold").index(name.split(".", maxsplit=1)[0])


def _cell(table: TableDiff | None) -> str:
    if table is None:
        return ""
    return f"{table.left_rows:,}" if table.equal else f"**{table.left_only:,} / {table.right_only:,} differ**"


def _kept() -> dict[str, Outcome]:
    """What earlier calls found, by data set."""
    if not KEPT.is_file():
        return {}
    found: dict[str, Outcome] = {}
    for name, one in json.loads(KEPT.read_text()).items():
        tables = [TableDiff(**(table | {"samples": []})) for table in one["tables"]]
        found[name] = Outcome(tables, one["seconds"], one.get("stopped", {}), one["problem"])
    return found


def main(names: list[str]) -> int:
    """Compare the named data sets, or all."""
    found = _kept() if names else {}
    for data in DATA_SETS:
        if not names or data.name in names:
            print(data.name, flush=True)
            with tempfile.TemporaryDirectory(prefix="parity-") as folder:
                found[data.name] = compare(data, Path(folder))
            if found[data.name].problem:
                print(f"  MISSING: {found[data.name].problem}")
            PAGE.write_text(page(found), encoding="utf-8")
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps({name: asdict(one) for name, one in found.items()}, default=str))
    cells = [table for outcome in found.values() for table in outcome.tables]
    stopped = [name for name, outcome in found.items() if outcome.stopped]
    print(f"{sum(t.equal for t in cells)} of {len(cells)} tables are equal")
    if stopped:  # a table that was not built is no table that is equal
        print(f"tables were stopped in: {', '.join(stopped)}")
    return 0 if all(table.equal for table in cells) and not stopped else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
