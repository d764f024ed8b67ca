"""One state at a time, whose answers are made once."""

from __future__ import annotations

import threading

import pytest

from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question, Span
from marketpulse.serving.desk import Desk
from tests.serving.metrics.counting import with_metrics
from tests.shop import MiniShop

LINES = Question(("lines",), span=Span(everything=True))


@pytest.fixture
def desk(shop: MiniShop) -> Desk:
    with_metrics(shop)
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-02,2,2")
    shop.run()
    return Desk(shop.settings, shop.project())


def test_what_a_run_has_made_is_seen_at_once_and_by_who_came_before_not(shop: MiniShop, desk: Desk) -> None:
    with desk.look() as before:
        assert [line.values for line in before.ask(LINES).lines] == [(2,)]
        shop.land_sales("2026-01-03", "3,2026-01-03,1,1")
        shop.run()
        with desk.look() as after:
            assert [line.values for line in after.ask(LINES).lines] == [(3,)]
        assert [line.values for line in before.ask(LINES).lines] == [(2,)]
    with desk.look() as later:
        assert later is after
    desk.close()


def test_an_answer_is_made_once_and_a_mistake_is_told_each_time(desk: Desk) -> None:
    with desk.look() as look:
        assert look.ask(LINES) is look.ask(LINES)
        for _ in range(2):
            with pytest.raises(UsageError, match="there is no metric"):
                look.ask(Question(("nothing",)))
        made: list[int] = []
        gate = threading.Event()

        def slow() -> int:
            gate.wait(5)
            made.append(1)
            return 7

        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.append(look.once("slow", slow))) for _ in range(3)]
        for each in threads:
            each.start()
        gate.set()
        for each in threads:
            each.join()
        assert (made, found) == ([1], [7, 7, 7])
    desk.close()
