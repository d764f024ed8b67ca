"""Every metric of the pack by every door: one number, whoever asks and how."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from psycopg.rows import dict_row
from pyiceberg.catalog.rest import RestCatalog
from typer.testing import CliRunner

import marketpulse
from marketpulse import sql
from marketpulse.agents.asking import Asking
from marketpulse.cells import plain
from marketpulse.cli import app
from marketpulse.metrics.compiling import compiled, is_apart
from marketpulse.metrics.metric import Measured, Metric, parts
from marketpulse.metrics.rows import Asked
from marketpulse.run.context import Context, open_context
from marketpulse.settings import Settings
from tests.console.house import TOKEN, client, served
from tests.retail.lab import fill, packaged
from tests.retail.test_metrics import GOLD, METRICS, ONE, TRUTH, _plain, same
from tests.wire.house import wired


class Lake:
    """A warehouse of the pack's gold, made of rows that were written by hand: no run is needed for it."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(folder / "landing", folder / "warehouse", role="analyst")
        with open_context(self.settings, packaged()) as context, duckdb.connect() as connection:
            days = {metric.source: metric.time for metric in METRICS.values() if isinstance(metric, Measured)}
            for name, rows in GOLD.items():
                day = {days[name]: ONE} if days.get(name) else {}
                fill(connection, name, [{**day, **row} for row in rows])
                self._commit(context, name, connection.sql(f"from {name.replace('.', '_')}").to_arrow_table())

    @staticmethod
    def _commit(context: Context, name: str, rows: pa.Table) -> None:
        contract = packaged().table(name).contract
        table = context.lake.ensure(name, contract.types, None, contract.key)
        if rows.num_rows:
            engine = context.engine.local
            with engine.scope():
                new = engine.receive("planted", rows.to_reader())
                paths = engine.write(f"select * from {new}", context.folder(name), None, ids=table.ids(contract.types))
            context.lake.commit(table, context.lake.describe(table, paths), [], {}, {})

    def project(self) -> Any:
        return packaged()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    return Lake(tmp_path_factory.mktemp("surfaces"))


#: Those that are asked side by side: of days or of now, in currencies or in none.
DATED = [name for name, metric in METRICS.items() if all(part.time for part in parts(metric))]
UNDATED = [name for name in METRICS if name not in DATED]
AMOUNTS = [name for name in METRICS if isinstance(TRUTH[name], dict)]
GROUPS = [[n for n in METRICS if (n in DATED, n in AMOUNTS) == of] for of in product((True, False), repeat=2)]
Rows = Sequence[Mapping[str, Any]]


def numbers(found: Any) -> Any:
    """Numbers of JSON and CSV, where decimals are texts and nothing may be an empty one."""
    if isinstance(found, dict):
        return {key: numbers(each) for key, each in found.items()}
    return None if found in (None, "") else found


def differing(names: Sequence[str], rows: Rows, alone: bool = False) -> dict[str, Any]:
    """Metrics of which rows say another number than those that were written by hand; some lack a currency of others."""
    wrong = {}
    for name in names:
        told = {row.get("currency") or None: numbers(row[name]) for row in rows}
        truth = TRUTH[name] if name in AMOUNTS else {None: TRUTH[name]}
        more = [value for key, value in told.items() if key not in truth and value not in (None, 0, "0")]
        if not truth.keys() <= told.keys() or more or not same({key: told[key] for key in truth}, truth):
            wrong[name] = told
        assert not alone or told.keys() == truth.keys()
    return wrong


def adds_up(metric: Metric) -> bool:
    return isinstance(metric, Measured) and metric.additive


def test_python_says_what_the_rows_say(lake: Lake) -> None:
    found = marketpulse.open(lake.settings.warehouse)
    for names in GROUPS:
        assert differing(names, found.metric(*names, everything=True).rows()) == {}


def test_an_agent_hears_it(lake: Lake) -> None:
    asking = Asking(lake.settings)
    for names in GROUPS:
        told = asking.metric({"metrics": names, "everything": True})
        assert differing(names, json.loads(json.dumps(plain(told["rows"])))) == {}


@pytest.mark.long
def test_the_command_line_prints_it(lake: Lake) -> None:
    for names in GROUPS:
        days = ["--all"] if names[0] in DATED else []
        done = CliRunner().invoke(app, ["metric", *names, *days, "--json", "--warehouse", str(lake.settings.warehouse)])
        assert done.exit_code == 0, done.output
        assert differing(names, json.loads(done.stdout)["rows"]) == {}


def test_the_console_shows_each_alone_and_writes_it_into_files(lake: Lake) -> None:
    browser = client(lake)  # type: ignore[arg-type]
    for name in METRICS:
        at = f"?metric={name}&days=all"
        assert differing([name], browser.get(f"/explore.json{at}").json()["rows"], alone=True) == {}
        text = browser.get(f"/explore.csv{at}").text
        assert differing([name], list(csv.DictReader(text.splitlines())), alone=True) == {}


def test_views_say_it_by_the_wire_as_it_is_asked_by_day(lake: Lake) -> None:
    by_day = marketpulse.open(lake.settings.warehouse)
    asked = [by_day.metric(*names, everything=True, grain="day").rows() for names in GROUPS if names[0] in DATED]
    with wired(lake) as wire, wire.connect(row_factory=dict_row) as connection:  # type: ignore[arg-type]
        listed = "select table_name, column_name from information_schema.columns where table_schema = 'metrics'"
        columns: dict[str, set[str]] = {}
        for each in connection.execute(listed).fetchall():
            columns.setdefault(each["table_name"], set()).add(each["column_name"])
        assert columns.keys() == METRICS.keys()
        for name in METRICS:
            kept = [
                part
                for part in ("period", "currency")
                if part in columns[name] and (part != "currency" or name in AMOUNTS)
            ]
            made = "case when count(*) = count({0}) then sum({0}) end" if adds_up(METRICS[name]) else "max({0})"
            group = f" group by {', '.join(kept)}" if kept else ""
            query = f"select {', '.join([*kept, made.format(name)])} as {name} from metrics.{name}{group}"
            found = connection.execute(query).fetchall()
            if name in UNDATED:
                assert differing([name], found, alone=True) == {}
                continue
            told = {(row["period"], row.get("currency")): row[name] for row in found}
            days = {(row["period"], row.get("currency")): row[name] for rows in asked for row in rows if name in row}
            assert {day: told.get(day) or 0 for day in days} == {day: value or 0 for day, value in days.items()}, name


def test_files_that_another_tool_reads_by_the_catalog_s_address_give_it_too(lake: Lake) -> None:
    with served(lake, masked=False) as address, duckdb.connect() as connection:  # type: ignore[arg-type]
        catalog = RestCatalog("any", uri=f"{address}/catalog", token=TOKEN)
        names = {}
        for name in GOLD:
            names[name] = name.replace(".", "_")
            connection.register(names[name], catalog.load_table(name).scan().to_arrow())
        for name, metric in METRICS.items():
            query = sql.translate(compiled([metric], Asked(apart=is_apart([metric], ()))), sql.DUCKDB, names)
            assert same(_plain(connection.execute(query).fetchall()), TRUTH[name]), name
