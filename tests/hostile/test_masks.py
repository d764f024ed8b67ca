"""No surface shows a person to who may not see one: every page, file, form, command, tool and table is searched."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from mcp import Client
from starlette.testclient import TestClient

import marketpulse as library
from marketpulse.agents.asking import Asking
from marketpulse.agents.server import server
from tests.command import marketpulse
from tests.console.house import BOARD, BUYERS, HEADLINES, HOST, Page, acting
from tests.serving.metrics.counting import METRICS, with_metrics
from tests.shop import MiniShop, contract
from tests.wire.house import wired

#: What stands in personal columns, and nowhere else.
PERSON = b"zoe-lind"
TABLES = ("silver.sales", "silver.quarantine", "gold.dim_buyer", "gold.fct_lines", "bronze.sales")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """A shop whose buyers stand in its tables, by id and address, and in rejected rows."""
    shop = MiniShop(tmp_path_factory.mktemp("masks"))
    with_metrics(shop, METRICS.replace("dimensions: [size, id]", "dimensions: [size]"))
    buyers = contract("gold.dim_buyer", BUYERS)
    for name in ("buyer_id", "email"):
        buyers = buyers.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", buyers)
    model = "select id as buyer_id, concat(id, '@people.example') as email, 'Oslo' as city from silver.sales\n"
    shop.write("gold/dim_buyer/model.sql", model)
    for table in ("silver/sales", "gold/fct_lines"):
        shop.edit(f"{table}/contract.yaml", "{name: id,", "{name: id, classification: pii,")
    shop.write("headlines.yaml", HEADLINES)
    shop.write("boards/sizes.yaml", BOARD)
    name = PERSON.decode()
    good = [f"{name}-{n},2026-01-0{1 + n % 5},{n + 1},1" for n in range(20)]
    shop.land_sales(
        "2026-01-05", *good, f"{PERSON.decode()}-bad,2026-01-02,0,1", f"{PERSON.decode()}-x,2026-01-02,many,1"
    )
    assert shop.run().ok
    return shop


def pages(browser: TestClient) -> Iterator[tuple[str, bytes]]:
    """Every page that a link or a form of another leads to, and the files of the question and of queries."""
    waiting, seen = ["/", "/explore?metric=lines&by=size", "/sql?query=select+1"], set()
    while waiting:
        place = waiting.pop()
        if place in seen or place.startswith("/static") or len(seen) > 150:
            continue
        seen.add(place)
        answer = browser.get(place)
        yield place, unpacked(answer.content)
        if "html" in answer.headers.get("content-type", ""):
            found = [attributes.get("href") or "" for _, attributes in Page(answer.text).tags]
            waiting += [unescape(each) for each in found if each.startswith("/")]
    ours = {"origin": f"http://{HOST}"}
    for action in ("replay", "fix", "discard"):
        yield action, browser.post("/quarantine/ask", headers=ours, data={"action": action}).content
    for table in TABLES:
        for form in ("/sql", "/sql.csv", "/sql.xlsx"):
            answer = browser.post(form, headers=ours, data={"query": f"select * from {table}"})
            yield f"{form} {table}", unpacked(answer.content)


def unpacked(content: bytes) -> bytes:
    """A workbook as the text of its parts."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(map(book.read, book.namelist()))


def shown(places: Iterator[tuple[str, bytes]]) -> tuple[int, list[str]]:
    """How many places there are, and those that show somebody."""
    found = [(place, PERSON in content) for place, content in places]
    return len(found), [place for place, shows in found if shows]


@pytest.mark.parametrize("role", ["analyst", "operator", "steward"])
def test_no_page_shows_a_person_unless_to_a_steward(shop: MiniShop, role: str) -> None:
    browser = acting(shop, role)  # type: ignore[arg-type]
    with closing(browser.app._app.state.desk):
        count, found = shown(pages(browser))
    assert count > 40
    assert (found == []) == (role != "steward"), found
    assert role != "steward" or {"fix", "/sql gold.dim_buyer", "/sql.xlsx silver.sales"} <= {*found}


@pytest.mark.parametrize("masked", [True, False])
def test_no_table_of_the_wire_shows_a_person_unless_to_a_steward(shop: MiniShop, masked: bool) -> None:
    with wired(shop, masked=masked) as wire:
        named = wire.rows("select table_schema || '.' || table_name from information_schema.tables")
        there = [name for (name,) in named if not name.startswith(("pg_catalog.", "information_schema."))]
        places = ((f"{name} {binary}", repr(wire.rows(f"select * from {name}", binary=binary)).encode())
                  for name in there for binary in (False, True))  # fmt: skip
        count, found = shown(places)
        said = repr(wire.rows("select description from pg_catalog.pg_description")).encode()
    assert count > 10
    assert ((found == []) == masked, PERSON in said) == (True, False), found


def test_no_tool_of_an_assistant_shows_a_person(shop: MiniShop) -> None:
    calls = [("list_quarantine", {}), ("list_runs", {}), ("list_tables", {})]
    calls += [("describe_table", {"name": table}) for table in TABLES]
    calls += [("query", {"sql": f"select * from {table}"}) for table in TABLES]

    async def asked() -> list[tuple[str, bytes]]:
        async with Client(server(Asking(shop.settings))) as client:
            return [(f"{name} {given}", repr(await client.call_tool(name, given)).encode()) for name, given in calls]

    count, found = shown(iter(asyncio.run(asked())))
    assert (count, found) == (len(calls), [])


def test_no_command_and_no_file_shows_a_person_unless_to_a_steward(shop: MiniShop, tmp_path: Path) -> None:
    html, lake = str(tmp_path / "catalog.html"), str(tmp_path / "lake.duckdb")
    commands = [["quarantine", "show", "--json"], ["quarantine", "list"], ["runs", "--json"], ["status"], ["headlines"],
                ["docs", "--output", html], ["board", "sizes", "-o", f"{html}.html"], ["quarantine", "export"],
                ["query", f"select * from {TABLES[2]}", "-o", str(tmp_path / "x.parquet")],
                ["connect", "--duckdb", lake]]  # fmt: skip
    told = []
    for command in commands:
        found = marketpulse(shop, *command)
        told.append((" ".join(command), (found.stdout + found.stderr).encode()))
    told += [(path.name, path.read_bytes()) for path in tmp_path.iterdir()]
    assert shown(iter(told)) == (len(commands) + 4, [])
    assert PERSON in marketpulse(shop, "quarantine", "show", "--role", "steward", "--json").stdout.encode()


def test_python_shows_no_person(shop: MiniShop) -> None:
    with library.open(shop.settings.warehouse, project=shop.project_dir) as opened:
        places = [(table, repr(opened.table(table).arrow().to_pylist()).encode()) for table in TABLES]
        places.append(("quarantine", repr(opened.quarantine().arrow().to_pylist()).encode()))
    assert shown(iter(places)) == (len(TABLES) + 1, [])
