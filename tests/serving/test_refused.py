"""What the engine refuses of a person's query is a sentence, with names that were perhaps meant."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.serving.query import stream
from tests.shop import MiniShop


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("select amont from silver.sales", "there is no column amont in the tables", "did you mean amount?"),
        ("select s.AMONT from silver.sales as s", "there is no column AMONT in s", "did you mean amount?"),
        ("select amount from silver.sales where zzzzz = 1", "there is no column zzzzz", "there are _batch_id, "),
        ("select sals.amount from silver.sales", "no table that it calls sals", "did you mean sales?"),
        ("select lenght(id) from silver.sales", "there is no function lenght", "did you mean length?"),
    ],
)
def test_names_that_are_not_there(shop: MiniShop, query: str, message: str, hint: str) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    shop.run()
    with shop.open() as context, pytest.raises(UsageError) as error:
        stream(context, query)
    assert message in error.value.message
    assert hint in (error.value.hint or "")
