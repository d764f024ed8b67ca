"""A profile says what counting all rows says; of people it tells counts only."""

from __future__ import annotations

from datetime import date

import pytest

from marketpulse.engines.limits import Given
from marketpulse.errors import LimitError, UsageError
from marketpulse.serving import profile as module
from marketpulse.serving.profile import Profile, profile
from marketpulse.serving.query import Moment
from tests.shop import MiniShop, contract

BUYERS = [("buyer_id", "string", "key"), ("email", "string", ""), ("pieces", "long", ""), ("tags", "list<string>", "")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    shop = MiniShop(tmp_path_factory.mktemp("profile"))
    text = contract("gold.dim_buyer", BUYERS[:3])
    for name in ("buyer_id", "email"):
        text = text.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", text)
    model = (
        "select id as buyer_id, concat(id, '@people.example') as email, nullif(qty, 1) as pieces from silver.sales\n"
    )
    shop.write("gold/dim_buyer/model.sql", model)
    shop.land_sales("2026-01-15", *(f"k{n},2026-01-0{n % 3 + 1},{n % 4 + 1},{n}.5" for n in range(40)))
    shop.run()
    return shop


def found(shop: MiniShop, table: str, masked: bool = True, seconds: float = 0) -> Profile:
    with shop.open() as context:
        return profile(context, context.lake.find(table), Moment.now(context) if masked else
                       Moment(None, masked=False), Given(seconds=seconds))  # fmt: skip


def test_it_is_what_counting_all_rows_says(shop: MiniShop) -> None:
    told = found(shop, "silver.sales")
    columns = {column.name: column for column in told.columns}
    assert (told.rows, told.whole) == (40, 40)
    assert (columns["id"].kinds, columns["id"].low, columns["id"].high) == (pytest.approx(40, abs=4), "k0", "k9")
    day, qty = columns["day"], columns["qty"]
    assert (day.low, day.high, day.kinds) == (date(2026, 1, 1), date(2026, 1, 3), 3)
    assert list(day.top) == [("2026-01-01", 14), ("2026-01-02", 13), ("2026-01-03", 13)]
    assert (qty.empty, qty.low, qty.high, [n for _, n in qty.top]) == (0, 1, 4, [10] * 4)


def test_of_people_it_tells_counts_to_analysts(shop: MiniShop) -> None:
    masked, whole = found(shop, "gold.dim_buyer"), found(shop, "gold.dim_buyer", masked=False)
    email = {column.name: column for column in masked.columns}["email"]
    assert (email.is_personal, email.low, email.high, email.top) == (True, None, None, ())
    assert (email.empty, email.kinds) == (0, pytest.approx(40, abs=4))
    assert ("people.example" in str(masked), "k0@people.example" in str(whole)) == (False, True)
    assert "'k0'" not in str(masked)
    pieces = {column.name: column for column in masked.columns}["pieces"]
    assert (pieces.empty, pieces.low, pieces.high) == (10, 2, 4)


def test_a_table_without_a_contract_is_for_stewards(shop: MiniShop) -> None:
    with pytest.raises(UsageError, match="for stewards"):
        found(shop, "bronze.sales")
    columns = {column.name: column for column in found(shop, "bronze.sales", masked=False).columns}
    assert columns["id"].low == "k0"


def test_of_a_large_table_a_part_is_looked_at(shop: MiniShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 20)
    told = found(shop, "silver.sales")
    assert told.whole == 40
    assert told.rows in range(41)


def test_it_takes_no_longer_than_it_may(shop: MiniShop) -> None:
    with pytest.raises(LimitError, match="was stopped"):
        found(shop, "silver.sales", seconds=1e-6)
