"""Rows that somebody has seen are known again, in any order, on any engine; others in their place are not they."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from marketpulse.errors import UsageError
from marketpulse.run.context import Context
from marketpulse.silver import quarantine
from marketpulse.silver.chosen import Chosen, chosen, expect
from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import rehearse, replay
from tests.shop import MiniShop
from tests.silver.rejected import statuses

_ID = {"quarantine_id": "string"}
DAY = "2026-01-01"
GOOD = [f"{number},{DAY},1,1" for number in range(18)]


def rows_of(context: Context, *ids: str) -> Chosen:
    listed = " union all ".join(f"select {context.engine.dialect.text(each)} as quarantine_id" for each in ids)
    return chosen(context, context.engine.define("listed", listed))


def number(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest()[:28].translate(str.maketrans("abcdef", "012345")))


@pytest.mark.engines
def test_it_is_a_number_of_the_ids_whatever_their_order_and_engine(shop: MiniShop) -> None:
    with shop.open() as context:
        assert rows_of(context, "a", "b", "é") == rows_of(context, "é", "a", "b")
        assert rows_of(context, *map(str, range(20))) == Chosen(20, sum(number(str(n)) for n in range(20)))
        assert len({rows_of(context, "a", each) for each in ("b", "c", "a", "")}) == 4
        assert chosen(context, None) == Chosen() == chosen(context, context.engine.bind("no", _ID, []))


def test_it_is_read_as_it_was_written() -> None:
    for each in (Chosen(), Chosen(3, 10**37)):
        assert Chosen.read(str(each)) == each
    for wrong in ("", "3", "3-", "-3", "3-4-5", " 3-4", "3-4\n", "3-x", "\u0663-4", "9" * 99 + "-1", "1-" + "9" * 99):
        assert Chosen.read(wrong) is None


@pytest.fixture
def swapped(shop: MiniShop) -> Callable[[], None]:
    """A shop with a rejected row of each of two feeds' days; called, one of them goes and another comes."""
    shop.land_sales(DAY, *GOOD, f"a,{DAY},0,1", f"b,{DAY},0,1")
    shop.run()

    def swap() -> None:
        shop.land_sales("2026-01-02", *[f"x{row}" for row in GOOD], f"c,{DAY},0,1", name="c.csv")
        shop.run()
        with shop.open() as context:
            gone = next(str(row[0]) for row in shop.rows("silver.quarantine") if row[7] == "a")
            quarantine.discard(context, Filter(ids=(gone,)))

    return swap


Act = Callable[[Context, Filter, Chosen], object]


@pytest.mark.engines
@pytest.mark.parametrize("act", [quarantine.discard, replay, rehearse], ids=["discard", "replay", "rehearse"])
def test_a_row_in_the_place_of_another_is_not_what_was_seen(
    shop: MiniShop, swapped: Callable[[], None], act: Act
) -> None:
    with shop.open() as context:
        seen = quarantine.choose(context, Filter())
    swapped()
    before = statuses(shop)
    assert sorted(status for _, status, _ in before) == ["discarded", "open", "open"]
    with shop.open() as context, pytest.raises(UsageError, match="as many rows, 2, but not all the same ones by now"):
        act(context, Filter(), seen)
    assert statuses(shop) == before
    with shop.open() as context:
        act(context, Filter(), quarantine.choose(context, Filter()))


def test_what_was_opened_and_closed_meanwhile_is_not_opened_again(shop: MiniShop, swapped: Callable[[], None]) -> None:
    swapped()
    with shop.open() as context:
        closed = Filter(status="discarded")
        seen = quarantine.choose(context, closed)
        quarantine.reopen(context, closed, seen)
        quarantine.discard(context, Filter(ids=(next(str(row[0]) for row in shop.rows("silver.quarantine")),)))
        with pytest.raises(UsageError, match="not all the same"):
            quarantine.reopen(context, closed, seen)


def test_who_has_seen_nothing_asks_for_nothing(shop: MiniShop) -> None:
    with shop.open() as context:
        expect(context, None, None)
        with pytest.raises(UsageError, match="these are 0 rows by now, and not 1"):
            expect(context, None, Chosen(1))
