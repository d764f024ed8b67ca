"""A shop that a person was in."""

from __future__ import annotations

import pytest

from tests.privacy.people import land, named
from tests.shop import MiniShop


@pytest.fixture
def busy(shop: MiniShop) -> MiniShop:
    """A shop that Ada was in, after runs between her purchases."""
    named(shop)
    land(shop)
    later = sorted(shop.landing.glob("sales/*"))[1:]
    for folder in later:
        folder.rename(shop.root / folder.name)
    shop.run()
    for folder in later:
        (shop.root / folder.name).rename(folder)
        shop.run()
    return shop
