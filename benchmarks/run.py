"""Benchmarks: ratios measured in one run, as a Markdown table.

    python benchmarks/run.py [--clicks 5000000] [--days 30 90] [--engines 500000 5000000] [--skip-peers]

Machines differ and are shared; only the ratios mean something. What is missing (Java, pyspark, dbt) is said.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import eventlog
from measure import Measured, measure

from marketpulse import sql
from marketpulse.project.project import load_project
from marketpulse_retail.generate import ShopPlan

WORK = Path(__file__).parent / "work"
START = date(2026, 1, 5)

#: What DuckDB may take, in each line the same: its default follows the machine.
MEMORY_MB = 1_300


def main() -> None:
    """Run what was asked for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clicks", type=int, default=5_000_000, help="clicks of the one-day load")
    parser.add_argument("--days", type=int, nargs="*", default=[30, 90], help="days of history to add one more day to")
    parser.add_argument("--daily", type=int, default=20_000, help="clicks a day of the history")
    parser.add_argument("--engines", type=int, nargs="*", default=[], help="clicks to compare DuckDB and Spark at")
    parser.add_argument("--size", type=int, nargs="*", default=[], help="clicks (5 million a day) to load at once")
    parser.add_argument("--skip-peers", action="store_true", help="floor only: no PySpark, no dbt")
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    if options.clicks:
        _full(options.clicks, _models(), options.skip_peers)
    for days in options.days:
        _one_more_day(days, options.daily)
    for clicks in options.size:
        _at_once(clicks)
    if options.engines:
        _engines(options.engines)


def _models() -> Path:
    """Packaged gold models in build order, in both dialects, for the peers."""
    project = load_project()
    found = []
    for table in project.tables.values():
        if table.contract.layer == "gold":
            query = table.queries["model"]
            names = {name: name for name in query.inputs}
            duck = sql.translate(query.query, sql.DUCKDB, names)
            plain = {name: name.replace(".", "__") for name in query.inputs}
            spark = sql.translate(query.query, sql.SPARK, plain)
            found.append({"name": table.name, "duckdb": _typed(table.contract.types, duck), "spark": spark})
    path = WORK / "models.json"
    path.write_text(json.dumps(found))
    return path


def _typed(types: dict[str, str], query: str) -> str:
    kinds = {"long": "bigint", "string": "varchar"}
    columns = ", ".join(f"cast({name} as {kinds.get(kind, kind)}) as {name}" for name, kind in types.items())
    return f"select {columns} from ({query})"


def _run(landing: Path, warehouse: Path, log: str, **environment: str) -> Measured:
    command = [sys.executable, "-m", "marketpulse", "run", "--landing", str(landing), "--warehouse", str(warehouse)]
    return measure(command, WORK / log, {"MARKETPULSE_MEMORY_MB": str(MEMORY_MB), **environment})


def _shop(name: str, plan: ShopPlan) -> Path:
    landing = WORK / name
    if not landing.is_dir():
        print(f"generating {name}", file=sys.stderr)
        # In a process of its own: a child's peak memory starts at what its parent had.
        code = f"import datetime; from benchmarks_shop import ShopPlan, make; make({plan!r}, {str(landing)!r})"
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent)
    return landing


def _days_of_five_million(clicks: int) -> Path:
    """Landing zone of `clicks` in days of 5 million, or in one day that has fewer."""
    days = max(clicks // 5_000_000, 1)
    plan = ShopPlan(START, days=days, clicks_per_day=clicks // days, sales_per_day=clicks // days // 10)
    return _shop(f"landing-{clicks}", plan)


def _full(clicks: int, models: Path, skip_peers: bool) -> None:
    """Full refresh against the peers, then a run with nothing new."""
    landing = _days_of_five_million(clicks)
    results: dict[str, Measured] = {}
    _fresh("floor", "warehouse", "spark", "dbt")
    here = Path(__file__).parent
    floor = [sys.executable, str(here / "floor.py"), str(landing), str(WORK / "floor"), str(models)]
    results["hand-written DuckDB (floor)"] = measure(floor, WORK / "floor.log")
    results["the same, tuned"] = measure([*floor, "--tuned"], WORK / "tuned.log")
    results["MarketPulse"] = _run(landing, WORK / "warehouse", "run.log")
    results["MarketPulse, nothing new"] = _run(landing, WORK / "warehouse", "again.log")
    if not skip_peers:
        for name, script in (("PySpark, local", "peer_spark.py"), ("dbt-duckdb", "peer_dbt.py")):
            python = WORK / "venv" / "bin" / "python"
            if not python.is_file():
                print(f"SKIPPED {name}: make bench installs it into {WORK / 'venv'}", file=sys.stderr)
                continue
            out = WORK / script.removeprefix("peer_").removesuffix(".py")
            command = [str(python), str(here / script), str(landing), str(out), str(models)]
            try:
                results[name] = measure(command, WORK / f"{script}.log")
            except SystemExit as error:
                print(f"SKIPPED {name}: {error}", file=sys.stderr)
    base = results["hand-written DuckDB (floor)"]
    print(f"\n### {clicks:,} clicks, {clicks // 10:,} sales lines\n")
    print("| | time | of the floor | CPU | peak memory |\n|---|---:|---:|---:|---:|")
    for name, r in results.items():
        print(
            f"| {name} | {r.seconds:.1f} s | {r.seconds / base.seconds:.2f} × | {r.cpu:.1f} s | {r.peak_mib:,.0f} MiB |"
        )


def _one_more_day(days: int, clicks: int) -> None:
    """Load `days` of history, then one more day; its time against that of the history."""
    plan = ShopPlan(START, days=days + 1, clicks_per_day=clicks)
    everything = _shop(f"history-{days}-{clicks}", plan)
    landing, warehouse = WORK / "landing-days", WORK / "warehouse-days"
    _fresh("landing-days", "warehouse-days")
    last = f"ingest_date={plan.day(days)}"
    for path in sorted(everything.rglob("*")):
        place = path.relative_to(everything)
        if path.is_file() and place.parts[1] < last:
            _link(path, landing / place)
    history = _run(landing, warehouse, "history.log")
    for path in sorted(everything.rglob("*")):
        place = path.relative_to(everything)
        if path.is_file() and place.parts[1] == last:
            _link(path, landing / place)
    one = _run(landing, warehouse, "one-day.log")
    print(f"\n### One more day onto {days} days of {clicks:,} clicks\n")
    print("| | time | peak memory |\n|---|---:|---:|")
    print(f"| the history at once | {history.seconds:.1f} s | {history.peak_mib:,.0f} MiB |")
    print(f"| one more day | {one.seconds:.1f} s ({one.seconds / history.seconds:.0%}) | {one.peak_mib:,.0f} MiB |")


def _at_once(clicks: int) -> None:
    """Load days of 5 million clicks at once: memory must not grow with the data."""
    landing = _days_of_five_million(clicks)
    _fresh("warehouse-size")
    found = _run(landing, WORK / "warehouse-size", "size.log")
    _fresh("warehouse-size")
    print(f"\n### {clicks:,} clicks, at once\n")
    print("| time | CPU | peak memory |\n|---:|---:|---:|")
    print(f"| {found.seconds:.0f} s | {found.cpu:.0f} s | {found.peak_mib:,.0f} MiB |")


def _engines(sizes: list[int]) -> None:
    """The same full refresh on both engines. Spark gets 4 GB of heap and as many threads."""
    print("\n### DuckDB and Spark\n")
    print("| clicks | engine | time | of DuckDB | CPU | peak memory | shuffled | spilled |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|", flush=True)
    for clicks in sizes:
        landing = _days_of_five_million(clicks)
        base = None
        for engine in ("duckdb", "spark"):
            _fresh("warehouse-engine", "events")
            more = {"MARKETPULSE_ENGINE": engine}
            if engine == "spark":
                more |= {"MARKETPULSE_MEMORY_MB": "4096", "MARKETPULSE_SPARK": eventlog.settings(WORK / "events")}
            found = _run(landing, WORK / "warehouse-engine", f"{engine}.log", **more)
            base = base or found
            cells = [f"{clicks:,}", engine, f"{found.seconds:.1f} s", f"{found.seconds / base.seconds:.2f} ×"]
            cells += [f"{found.cpu:.0f} s", f"{found.peak_mib:,.0f} MiB"]
            if engine == "spark":
                cells += [f"{size / 1e6:,.0f} MB" for size in eventlog.shuffled(WORK / "events")[:2]]
            print(f"| {' | '.join(cells)} |", flush=True)
    _fresh("warehouse-engine", "events")


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.hardlink_to(source)


def _fresh(*names: str) -> None:
    for name in names:
        shutil.rmtree(WORK / name, ignore_errors=True)


if __name__ == "__main__":
    main()
