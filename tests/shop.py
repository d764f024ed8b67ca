"""A mini project for tests: sales (CSV) and clicks (NDJSON), two silver tables, two gold tables.

`MiniShop` lands files, runs the flow and reads tables back as sorted lists of typed rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from marketpulse import flow
from marketpulse.names import FLOW_RUNS, LINEAGE
from marketpulse.project.project import Project
from marketpulse.run.context import Context, open_context
from marketpulse.run.report import RunReport, TableReport
from marketpulse.run.retained import Retained
from marketpulse.settings import Settings
from tests.looking import reader
from tests.projects import project_at
from tests.spark import CONF

FILES = {
    "project.yaml": "name: mini\n",
    "sources/sales.yaml": "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\nrequired: [id, day]\n",
    "sources/clicks.yaml": (
        "name: clicks\ndescription: Events.\nowner: web\nformat: ndjson\nndjson: {records: batch}\n"
    ),
    "silver/sales/from_sales.sql": ("select id, day, qty, amount from bronze.sales where coalesce(id, '') <> 'skip'\n"),
    "silver/clicks/from_clicks.sql": (
        "select e.id as event_id, substring(e.ts, 1, 10) as day, e.ts as event_at, e.name as name\n"
        "from (select from_json(raw, 'id STRING, ts STRING, name STRING') as e from bronze.clicks) as events\n"
    ),
    "gold/agg_daily/model.sql": (
        "select day, count(*) as line_count, sum(qty) as qty, sum(amount) as amount from silver.sales group by day\n"
    ),
    "gold/mart_total/model.sql": (
        "select 1 as total_id, (select sum(qty) from gold.agg_daily) as qty,"
        " (select count(*) from silver.clicks) as click_count\n"
    ),
}
CONTRACTS: dict[str, tuple[list[tuple[str, str, str]], str, str]] = {
    "silver.sales": (
        [
            ("id", "string", "key"),
            ("day", "date", "bucket"),
            ("qty", "int", "required"),
            ("amount", "decimal(18,4)", ""),
        ],
        "{property: merge, value: {policy: latest}}",
        "{name: qty_not_zero, type: custom, engine: marketpulse, implementation: qty <> 0, severity: quarantine,"
        " description: nothing was sold}",
    ),
    "silver.clicks": (
        [
            ("event_id", "string", "key"),
            ("day", "date", "bucket"),
            ("event_at", "timestamp", "required"),
            ("name", "string", ""),
        ],
        "{property: merge, value: {policy: first, orderBy: [event_at]}}",
        "",
    ),
    "gold.agg_daily": (
        [
            ("day", "date", "key bucket"),
            ("line_count", "long", ""),
            ("qty", "long", ""),
            ("amount", "decimal(18,4)", ""),
        ],
        "{property: inputs, value: [{table: silver.sales, column: day}]}",
        "",
    ),
    "gold.mart_total": ([("total_id", "int", "key"), ("qty", "long", ""), ("click_count", "long", "")], "", ""),
}


_LOGICAL = {"int": "integer", "long": "integer", "double": "number"}


def contract(name: str, columns: list[tuple[str, str, str]], custom: str = "", rules: str = "") -> str:
    """Text of a contract; a column is (name, type, words out of key, bucket, required, unique)."""
    lines = [
        f"apiVersion: v3.0.2\nkind: DataContract\nid: {name}\nname: {name.split('.')[1]}",
        "version: 1.0.0\nstatus: active",
        "description: {purpose: For tests.}\nteam: [{username: tests, role: owner}]\nschema:",
        f"  - name: {name.split('.')[1]}\n    physicalType: table\n    dataGranularityDescription: One row per key.",
        "    properties:",
    ]
    for column, kind, words in columns:
        flags = "primaryKey: true, " * ("key" in words) + "partitioned: true, " * ("bucket" in words)
        flags += "required: true, " * ("required" in words or "bucket" in words) + "unique: true, " * (
            "unique" in words
        )
        logical = _LOGICAL.get(kind, "number" if kind.startswith("decimal") else kind)
        lines.append(
            f"      - {{name: {column}, logicalType: {logical}, physicalType: '{kind}', {flags}description: Test.}}"
        )
    lines += [f"    quality:\n      - {rules}"] if rules else []
    lines += [f"customProperties:\n  - {custom}"] if custom else []
    return "\n".join(lines) + "\n"


class MiniShop:
    """One project, landing zone and warehouse under `root`."""

    def __init__(self, root: Path, engine: str = "duckdb") -> None:
        self.root = root
        self.landing = root / "landing"
        self.project_dir = root / "project"
        self.landing.mkdir(parents=True)
        for path, text in FILES.items():
            self.write(path, text)
        for name, (columns, custom, rules) in CONTRACTS.items():
            self.write(f"{name.replace('.', '/')}/contract.yaml", contract(name, columns, custom, rules))
        self.settings = Settings(
            self.landing, root / "warehouse", self.project_dir, engine=engine, memory_mb=512, spark=dict(CONF)
        )

    def write(self, path: str, text: str) -> None:
        """Write a file of the project."""
        target = self.project_dir / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text that must be there in a file of the project."""
        text = (self.project_dir / path).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {path}"
        self.write(path, text.replace(old, new))

    def land(self, name: str, data: str | bytes) -> Path:
        """Land a file; `name` is its path inside the landing zone."""
        target = self.landing / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def land_sales(self, day: str, *rows: str, name: str = "sales.csv") -> Path:
        """Land sales lines `id,day,qty,amount` on an ingest date."""
        return self.land(f"sales/ingest_date={day}/{name}", "\n".join(["id,day,qty,amount", *rows]) + "\n")

    def project(self) -> Project:
        """The project as its files are now."""
        return project_at(self.project_dir)

    @contextmanager
    def open(self, *, retained: Retained | None = None, **settings: Any) -> Iterator[Context]:
        """The warehouse, opened for one run."""
        with open_context(replace(self.settings, **settings), self.project(), retained=retained) as context:
            yield context

    @contextmanager
    def looked_at(self) -> Iterator[Context]:
        """The warehouse, to read rows of: nothing is written. What lies here is read by this process's one DuckDB."""
        with open_context(replace(self.settings, engine="duckdb"), self.project, reads=True) as context:
            if not self.settings.remote:
                context.engine = reader()
            yield context

    def run(self, *select: str, full_refresh: bool = False, strict: bool = False, **settings: Any) -> RunReport:
        """Run the flow."""
        with self.open(**settings) as context:
            return flow.run(context, flow.Options(list(select), full_refresh, strict))

    def rows(self, name: str, lineage: bool = False) -> list[tuple[Any, ...]]:
        """Rows of a table, sorted; without lineage columns unless asked for. Empty when there is no table.

        DuckDB reads them, whichever engine wrote them.
        """
        if not (self.settings.remote or self.settings.local.is_dir()):
            return []
        with self.looked_at() as context:
            return table_rows(context, name, lineage)

    def pseudonym(self, name: str) -> str:
        """What analysts are shown in the place of a name."""
        with self.open(engine="duckdb") as context:
            return context.pseudonyms.of(name)

    def snapshots(self, runs: bool = False) -> dict[str, int | None]:
        """Current snapshot of every table; that of the run ledger too with `runs`."""
        with self.looked_at() as context:
            names = [name for name in context.lake.names() if runs or name != FLOW_RUNS]
            return {name: found.snapshot_id for name in names if (found := context.lake.find(name))}


def table_rows(context: Context, name: str, lineage: bool = False) -> list[tuple[Any, ...]]:
    """Rows of a table of an open warehouse, sorted as text."""
    table = context.lake.find(name)
    if table is None:
        return []
    columns = [column for column in table.types if lineage or column not in LINEAGE]
    read_back = context.engine.bind("read_back", table.types, [file.path for file in table.files()])
    rows = context.engine.rows("select " + ", ".join(f'"{column}"' for column in columns) + f" from {read_back}")
    return sorted(rows, key=repr)


def result(report: RunReport, name: str) -> TableReport:
    """The report of one table."""
    return next(table for table in report.tables if table.name == name)
