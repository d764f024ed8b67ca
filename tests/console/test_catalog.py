"""The catalog by its address: what PyIceberg reads there, and what an analyst is not given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc
import pytest
from pyiceberg.catalog.rest import RestCatalog
from pyiceberg.exceptions import ForbiddenError, NoSuchNamespaceError, NoSuchTableError
from starlette.testclient import TestClient

from tests.console.house import TOKEN, client, served
from tests.shop import MiniShop, contract


@pytest.fixture(scope="module")
def address(sold: MiniShop) -> Iterator[str]:
    with served(sold) as found:
        yield found


@pytest.fixture(scope="module")
def catalog(address: str) -> RestCatalog:
    return RestCatalog("any name", uri=f"{address}/catalog", token=TOKEN)


def test_a_client_finds_the_tables_and_reads_what_is_in_them(catalog: RestCatalog, sold: MiniShop) -> None:
    assert catalog.list_namespaces() == [("bronze",), ("gold",), ("silver",)]
    assert ("gold", "agg_daily") in catalog.list_tables("gold")
    rows = catalog.load_table("gold.agg_daily").scan().to_arrow()
    assert pc.sum(rows["line_count"]).as_py() == sum(row[1] for row in sold.rows("gold.agg_daily")) > 0
    assert catalog.table_exists("gold.agg_daily")
    assert catalog.namespace_exists("gold")


def test_what_is_not_there_is_said_as_clients_know_it(catalog: RestCatalog) -> None:
    with pytest.raises(NoSuchTableError, match=r"gold\.nothing"):
        catalog.load_table("gold.nothing")
    with pytest.raises(NoSuchNamespaceError, match="copper"):
        catalog.list_tables("copper")
    assert catalog.list_namespaces("gold") == []


def test_files_of_tables_with_personal_columns_are_for_stewards(
    catalog: RestCatalog, browser: TestClient, steward: TestClient
) -> None:
    """Whoever has the file has all of its columns: none can be masked in it."""
    assert ("gold", "dim_buyer") not in catalog.list_tables("gold")
    assert ("bronze", "sales") not in catalog.list_tables("bronze")
    with pytest.raises(ForbiddenError, match="steward"):
        catalog.load_table("gold.dim_buyer")
    assert steward.get("/catalog/v1/namespaces/gold/tables/dim_buyer").json()["metadata"]["current-snapshot-id"]
    told = [each["name"] for each in steward.get("/catalog/v1/namespaces/bronze/tables").json()["identifiers"]]
    assert "sales" in told
    assert "email" not in browser.get("/catalog/v1/namespaces/gold/tables").text


def test_a_column_that_was_personal_is_in_files_of_before(shop: MiniShop) -> None:
    columns = [("id", "string", "key"), ("email", "string", "")]
    text = contract("gold.dim_buyer", columns).replace("{name: email,", "{name: email, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", text)
    shop.write("gold/dim_buyer/model.sql", "select id, concat(id, '@people.example') as email from silver.sales\n")
    shop.land_sales("2026-01-01", "1,2026-01-01,2,1.5")
    shop.run()
    shop.write("gold/dim_buyer/contract.yaml", contract("gold.dim_buyer", columns[:1]))
    shop.write("gold/dim_buyer/model.sql", "select id from silver.sales\n")
    shop.run()
    told = client(shop).get("/catalog/v1/namespaces/gold/tables/dim_buyer")
    assert (told.status_code, "email" in told.json()["error"]["message"]) == (403, True)


def test_every_table_is_of_the_state_of_the_last_run(shop: MiniShop) -> None:
    """A commit of a run that has not ended is not shown, nor one beside runs."""
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    shown = shop.snapshots()["gold.agg_daily"]
    with shop.open() as context:
        table = context.lake.find("gold.agg_daily")
        assert table
        context.lake.commit(table, [], table.files(), {"of": "nobody"}, {})
    assert shop.snapshots()["gold.agg_daily"] != shown
    told = _loaded(client(shop, masked=False), "agg_daily")
    assert (told["current-snapshot-id"], told["refs"]["main"]["snapshot-id"]) == (shown, shown)


def test_nothing_can_be_written_and_nobody_asks_without_the_token(sold: MiniShop, browser: TestClient) -> None:
    for method, path in (("POST", "namespaces"), ("DELETE", "namespaces/gold/tables/agg_daily")):
        assert browser.request(method, f"/catalog/v1/{path}", json={}).status_code == 403
    assert client(sold, known=False).get("/catalog/v1/config").status_code == 401
    told = browser.get("/catalog/v1/config").json()
    assert "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}" in told["endpoints"]
    assert not [each for each in told["endpoints"] if each.startswith(("POST", "DELETE", "PUT"))]


def _loaded(browser: TestClient, table: str) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"/catalog/v1/namespaces/gold/tables/{table}").json()["metadata"]
    browser.app._app.state.desk.close()  # type: ignore[attr-defined]
    return found
