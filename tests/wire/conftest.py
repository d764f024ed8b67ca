"""One shop and its wires for all tests of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.shop import MiniShop
from tests.wire.house import Wire, peopled, wired


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    """The shop, which no test changes."""
    return peopled(tmp_path_factory.mktemp("wire"))


@pytest.fixture(scope="session")
def wire(people: MiniShop) -> Iterator[Wire]:
    """Its wire for analysts."""
    with wired(people) as found:
        yield found


@pytest.fixture(scope="session")
def stewards(people: MiniShop) -> Iterator[Wire]:
    """Its wire for stewards."""
    with wired(people, masked=False) as found:
        yield found
