"""What two snapshots differ in is what comparing all their rows says, as far as whoever looks may see them."""

from __future__ import annotations

from typing import Any

import pytest

from marketpulse.engines.limits import Given
from marketpulse.errors import UsageError
from marketpulse.serving.difference import Difference, difference
from marketpulse.serving.query import Moment
from tests.shop import MiniShop, contract

BUYERS = [("buyer_id", "string", "key"), ("email", "string", ""), ("pieces", "long", "")]


def rows(shop: MiniShop) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Rows of each table by their key."""
    return {name: {str(row[0]): tuple(row) for row in shop.rows(name)} for name in ("silver.sales", "gold.dim_buyer")}


class Two:
    """A shop of two states: their snapshots and rows."""

    def __init__(self, shop: MiniShop) -> None:
        self.shop = shop
        text = contract("gold.dim_buyer", BUYERS)
        for name in ("buyer_id", "email"):
            text = text.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
        shop.write("gold/dim_buyer/contract.yaml", text)
        model = "select id as buyer_id, concat(id, cast(amount as string), '@people.example') as email, qty as pieces"
        shop.write("gold/dim_buyer/model.sql", f"{model} from silver.sales where qty < 9\n")
        shop.land_sales("2026-01-15", *(f"k{n},2026-01-0{n % 4 + 1},{n % 5 + 1},1.5" for n in range(40)))
        shop.run()
        self.then, self.old = shop.snapshots(), rows(shop)
        later = [f"k{n},2026-01-0{n % 4 + 1},{9 if n % 7 == 0 else n % 3 + 1},2.5" for n in range(30, 60)]
        shop.land_sales("2026-01-16", *later, "k1,2026-01-02,2,7.25", "k2,2026-01-03,3,1.5")
        shop.run()
        self.now, self.new = shop.snapshots(), rows(shop)

    def difference(self, table: str, masked: bool = False, back: bool = False, most: int = 100) -> Difference:
        with self.shop.open() as context:
            found = context.lake.find(table)
            sides = (self.now[table], self.then[table]) if back else (self.then[table], self.now[table])
            return difference(context, found, sides, Moment(None, masked=masked), most, Given())


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    return Two(MiniShop(tmp_path_factory.mktemp("difference")))


@pytest.mark.parametrize("table", ["silver.sales", "gold.dim_buyer"])
@pytest.mark.parametrize("back", [False, True], ids=["on", "back"])
def test_it_is_what_comparing_all_rows_says(two: Two, table: str, back: bool) -> None:
    old, new = (two.new, two.old) if back else (two.old, two.new)
    width = 4 if table == "silver.sales" else 3  # where a row came from is not compared
    came, went = new[table].keys() - old[table].keys(), old[table].keys() - new[table].keys()
    both = old[table].keys() & new[table].keys()
    changed = {key for key in both if old[table][key][:width] != new[table][key][:width]}
    found = two.difference(table, back=back)
    assert found.counts == (len(came), len(went), len(changed))
    assert min(len(came | went), len(changed)) > 0
    assert set(found.added.column(0).to_pylist() if found.added else ()) == came
    assert set(found.removed.column(0).to_pylist() if found.removed else ()) == went
    assert set(found.changes.column(0).to_pylist()) == changed
    index = list(found.columns.key + found.columns.others)
    for name, count in found.by_column.items():
        n = index.index(name)
        assert count == sum(old[table][key][n] != new[table][key][n] for key in both)
        place = 1 + 2 * found.changed_columns.index(name)
        told = zip(*(found.changes.column(each).to_pylist() for each in (0, place, place + 1)), strict=True)
        assert {k: (a, b) for k, a, b in told} == {k: (old[table][k][n], new[table][k][n]) for k in changed}


def test_a_snapshot_beside_itself_has_no_difference_and_few_rows_are_a_few(two: Two) -> None:
    with two.shop.open() as context:
        table, at = context.lake.find("silver.sales"), two.now["silver.sales"]
        found = difference(context, table, (at, at), Moment(None), 10, Given())
    assert (found.counts, found.added, found.removed, found.changes) == ((0, 0, 0), None, None, None)
    some = two.difference("silver.sales", most=3)
    assert (some.counts[0] > 3, some.added.num_rows, some.changes.num_rows) == (True, 3, 3)


def test_an_analyst_sees_pseudonyms_and_no_personal_column(two: Two) -> None:
    whole, masked = two.difference("gold.dim_buyer"), two.difference("gold.dim_buyer", masked=True)
    assert whole.by_column["email"] > 0
    assert (masked.hidden, "email" in masked.by_column) == (["email"], False)
    assert masked.counts[:2] == whole.counts[:2]
    assert masked.counts[2] < whole.counts[2]  # k1 changed its address only
    told = str([each.to_pylist() for each in (masked.added, masked.removed, masked.changes) if each])
    assert ("people.example" in told, two.shop.pseudonym("k41") in told) == (False, True)
    assert "'k41'" not in told


def test_bronze_is_compared_by_what_landed_for_stewards_only(two: Two) -> None:
    found = two.difference("bronze.sales")
    assert (found.counts, found.columns.key) == ((32, 0, 0), ["_ingest_id"])
    with pytest.raises(UsageError, match="for stewards"):
        two.difference("bronze.sales", masked=True)


def test_what_is_no_snapshot_is_told(two: Two) -> None:
    with two.shop.open() as context, pytest.raises(UsageError, match="has no snapshot 7"):
        difference(context, context.lake.find("silver.sales"), (7, 7), Moment(None), 10, Given())


def test_without_a_key_whole_rows_are_compared(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketpulse.serving.difference.INGEST_ID", "no_column")
    found = two.difference("bronze.sales")
    assert (found.columns.key, found.counts) == ([], (32, 0, 0))


WIDER = [("id", "long", "key"), ("day", "date", "bucket"), ("note", "string", ""), ("amount", "decimal(18,4)", "")]


def test_a_column_of_another_type_is_told_and_a_key_of_which_a_part_is_is_compared_with_the_rest(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shop = MiniShop(tmp_path_factory.mktemp("wider"))
    text = contract("gold.ids", [(name, "int" if name == "id" else kind, what) for name, kind, what in WIDER])
    shop.write("gold/ids/contract.yaml", text)
    model = "select cast(id as {}) as id, day, 'x' as note, amount from silver.sales where qty = {}\n"
    shop.write("gold/ids/model.sql", model.format("int", 1))
    shop.land_sales("2026-01-15", "5,2026-01-01,1,1", "6,2026-01-02,2,1")
    shop.run()
    then = shop.snapshots()["gold.ids"]
    shop.write("gold/ids/contract.yaml", contract("gold.ids", WIDER))
    shop.write("gold/ids/model.sql", model.format("bigint", 2))
    shop.run()
    with shop.open() as context:
        sides = (then, shop.snapshots()["gold.ids"])
        found = difference(context, context.lake.find("gold.ids"), sides, Moment(None, masked=False), 10, Given())
    assert (found.columns.key, found.columns.came, found.columns.went) == ([], ["id"], ["id"])
    assert "day" in found.columns.others
    assert found.counts == (1, 1, 0)


def test_a_column_that_came_or_went_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    shop = MiniShop(tmp_path_factory.mktemp("columns"))
    shop.land_sales("2026-01-15", "a,2026-01-01,1,1")
    shop.run()
    then = shop.snapshots()["bronze.sales"]
    shop.land("sales/ingest_date=2026-01-16/b.csv", "id,day,qty,amount,colour\nb,2026-01-01,1,1,red\n")
    shop.run()
    with shop.open() as context:
        sides = (then, shop.snapshots()["bronze.sales"])
        found = difference(context, context.lake.find("bronze.sales"), sides, Moment(None, masked=False), 10, Given())
    assert (found.columns.came, found.counts[0]) == (["colour"], 1)
