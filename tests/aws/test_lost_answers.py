"""Answers of the Glue catalog that get lost: its client tries again by itself, and is then refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from marketpulse.errors import MarketPulseError
from tests.aws.conftest import Cloud
from tests.lake.test_certain import land, losing
from tests.shop import MiniShop


@pytest.fixture
def remote(shop: MiniShop, cloud: Cloud) -> MiniShop:
    shop.settings = replace(shop.settings, warehouse=cloud.warehouse, namespace=cloud.namespace)
    return shop


@pytest.mark.parametrize("operation", ["update_table", "create_table"])
@pytest.mark.parametrize("code", ["ConcurrentModificationException", "InternalServiceException"])
def test_what_landed_is_there_and_what_follows_goes_on(
    remote: MiniShop, monkeypatch: pytest.MonkeyPatch, operation: str, code: str
) -> None:
    land(remote)
    with remote.open() as context:
        client = type(context.lake.catalog.glue)  # type: ignore[attr-defined]
    error = ClientError({"Error": {"Code": code, "Message": "lost"}}, operation)
    calls = losing(getattr(client, operation), error, lambda number: number % 2 == 0)
    monkeypatch.setattr(client, operation, calls)
    for _ in range(3):
        try:
            ok = remote.run().ok
        except MarketPulseError:
            ok = False
    monkeypatch.undo()
    assert ok or remote.run().ok
    assert [row[0] for row in remote.rows("silver.sales")] == ["1"]
    assert [row[2] for row in remote.rows("gold.agg_daily")] == [1]
