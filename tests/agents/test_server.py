"""The server, asked by the protocol's own client: within this process, and as a program that is started."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from marketpulse.agents.asking import Asking
from marketpulse.agents.server import server
from tests.command import marketpulse, places
from tests.shop import MiniShop

TOOLS = {
    "ask_metric", "describe_table", "list_metrics", "list_quarantine", "list_runs", "list_tables", "query",
}  # fmt: skip


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    shop = MiniShop(tmp_path_factory.mktemp("mcp"))
    shop.land_sales("2026-01-01", "1,2026-01-01,2,0.1001", "2,2026-01-01,3,0.2002")
    shop.run()
    return shop


def called(shop: MiniShop, tool: str, **given: Any) -> Any:
    async def call() -> Any:
        async with Client(server(Asking(shop.settings))) as client:
            return await client.call_tool(tool, given)

    return asyncio.run(call())


def test_every_tool_reads_only_and_says_what_it_takes(sold: MiniShop) -> None:
    async def listed() -> Any:
        async with Client(server(Asking(sold.settings))) as client:
            return await client.list_tools()

    tools = asyncio.run(listed()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert tool.annotations.destructive_hint is False


def test_values_are_those_of_the_table_and_no_digit_is_lost(sold: MiniShop) -> None:
    found = called(sold, "query", sql="select sum(amount) as amount, min(day) as day from gold.agg_daily")
    assert found.structured_content == {"rows": [{"amount": "0.3003", "day": "2026-01-01"}]}


def test_what_is_wrong_is_said_in_the_words_of_the_command_line(sold: MiniShop) -> None:
    found = called(sold, "query", sql="select * from gold.agg_dialy")
    assert found.is_error
    assert "did you mean" in found.content[0].text
    assert "Traceback" not in found.content[0].text
    assert called(sold, "query", sql="select 1", limit=0).is_error
    assert called(sold, "describe_table", name="gold.nothing").is_error


def test_a_program_starts_it_and_talks_to_it(sold: MiniShop) -> None:
    async def asked() -> Any:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "marketpulse", "mcp"], env=places(sold), cwd=sold.root
        )
        async with Client(stdio_client(command)) as client:
            return await client.call_tool("list_tables", {"layer": "gold"})

    names = [each["name"] for each in asyncio.run(asked()).structured_content["tables"]]
    assert names == ["gold.agg_daily", "gold.mart_total"]


def test_a_warehouse_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    done = marketpulse(MiniShop(tmp_path), "mcp")
    assert done.returncode == 2
    assert "there is no warehouse" in done.stderr
