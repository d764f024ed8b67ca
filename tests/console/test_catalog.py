"""Other tools open the warehouse by an address, under whatever name they like, and read one finished state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event, Thread

import pytest
import uvicorn
from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.table import Table
from starlette.testclient import TestClient

from marketpulse.console.app import console
from marketpulse.console.catalog import _seen
from marketpulse.console.desk import Desk
from marketpulse.console.guard import Access
from marketpulse.console.server import listen
from tests.console.house import TOKEN
from tests.shop import MiniShop

PLACES = ("config", "namespaces", "namespaces/gold", "namespaces/gold/tables", "namespaces/gold/tables/dim_buyer")


@pytest.fixture(scope="module")
def opened(sold: MiniShop) -> Iterator[Catalog]:
    """PyIceberg at a console that listens, by a name of its own."""
    at = listen("127.0.0.1", 0)
    host = f"127.0.0.1:{at.getsockname()[1]}"
    desk = Desk(replace(sold.settings, role="steward"), sold.project())
    server = uvicorn.Server(uvicorn.Config(console(desk, Access(TOKEN, {host})), lifespan="off", log_level="error"))
    begun = Event()
    running = Thread(target=lambda: (begun.set(), server.run([at])), daemon=True)
    running.start()
    begun.wait(10)
    try:
        yield load_catalog("whatever", type="rest", uri=f"http://{host}/iceberg", token=TOKEN)
    finally:
        server.should_exit = True
        running.join(10)
        desk.close()


def test_any_name_opens_the_tables(opened: Catalog, sold: MiniShop) -> None:
    assert opened.list_namespaces() == [("bronze",), ("silver",), ("gold",)]
    assert ("gold", "dim_buyer") in opened.list_tables("gold")
    rows = opened.load_table("gold.dim_buyer").scan().to_arrow()
    assert sorted(map(tuple, (row.values() for row in rows.to_pylist()))) == sold.rows("gold.dim_buyer")
    with pytest.raises(NoSuchTableError, match="there is no table"):
        opened.load_table("gold.nothing")
    with pytest.raises(NoSuchNamespaceError):
        opened.list_tables("platinum")


def test_nothing_is_written_by_it(opened: Catalog) -> None:
    with pytest.raises(NotImplementedError):
        opened.drop_table("gold.dim_buyer")
    with pytest.raises(NotImplementedError):
        opened.create_namespace("mine")


def test_files_are_for_stewards_and_for_whom_the_token_is(browser: TestClient, steward: TestClient) -> None:
    for place in PLACES:
        refused = browser.get(f"/iceberg/v1/{place}")
        assert (refused.status_code, refused.json()["error"]["type"]) == (403, "ForbiddenException")
        assert steward.get(f"/iceberg/v1/{place}").status_code == 200
        assert steward.get(f"/iceberg/v1/{place}", headers={"authorization": "Bearer no"}).status_code == 401


def test_all_tables_are_of_the_state_that_pages_are_of(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run("silver.sales")
    finished = shop.snapshots()["silver.sales"]
    shop.land_sales("2026-01-02", "2,2026-01-02,1,1")
    shop.run("silver.sales")
    with shop.open() as context:
        now = context.lake.find("silver.sales").iceberg
        then = Table(now.name(), _seen(now.metadata, finished), now.metadata_location, now.io, now.catalog)
        assert (now.scan().to_arrow().num_rows, then.scan().to_arrow().num_rows) == (2, 1)
        assert _seen(now.metadata, now.metadata.current_snapshot_id) is now.metadata
