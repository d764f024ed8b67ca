"""An engine is taken by one query at a time, and only for what it was made for."""

from __future__ import annotations

from marketpulse.serving.query import Moment, stream
from tests.shop import MiniShop


def test_the_next_query_over_the_same_tables_takes_the_engine_of_one_that_is_over(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.run()
    with shop.open() as context:
        moment = Moment.now(context)
        first = stream(context, "select count(*) from silver.sales", moment=moment)
        assert moment.idle._kept == []  # it is at work
        assert first.read_all().to_pydict() == {"count_star()": [2]}
        ((key, engine),) = moment.idle._kept
        again = stream(context, "select sum(qty) as qty from silver.sales", moment=moment)
        assert moment.idle._kept == []
        assert again.read_all().to_pydict() == {"qty": [3]}
        assert moment.idle._kept == [(key, engine)]
        stream(context, "select 1", moment=moment).read_all()
        stream(context, "select * from silver.sales", moment=moment.whole).read_all()
        assert len({key for key, _ in moment.idle._kept}) == len(moment.idle._kept) == 3
        for number in range(20):
            moment.idle.put(number, engine)
        assert [key for key, _ in moment.idle._kept] == [*range(4, 20)]
