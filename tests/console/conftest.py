"""One hostile shop for all pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.console.house import client, hostile_shop
from tests.shop import MiniShop


@pytest.fixture(scope="session")
def sold(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """The shop, which no test changes."""
    return hostile_shop(MiniShop(tmp_path_factory.mktemp("console")))


@pytest.fixture(scope="session")
def browser(sold: MiniShop) -> Iterator[TestClient]:
    """Somebody who has the token and is an analyst."""
    found = client(sold)
    yield found
    found.app._app.state.desk.close()


@pytest.fixture(scope="session")
def steward(sold: MiniShop) -> Iterator[TestClient]:
    """Somebody who may see personal columns."""
    found = client(sold, masked=False)
    yield found
    found.app._app.state.desk.close()
