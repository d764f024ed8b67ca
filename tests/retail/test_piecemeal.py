"""Gold is the same whatever order rows came in, and in whatever portions: a bucket alone is one of the whole."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from tests.long import often
from tests.retail.lab import Row, packaged, shop
from tests.retail.piecemeal import Gold
from tests.retail.rows import click
from tests.retail.stories import STARTS, clicks, others

#: Days of the reporting zone that begin long before and after those of UTC, one currency and several.
SHOPS = (
    {"reporting_timezone": "Pacific/Auckland", "reporting_currency": "EUR"},
    {"reporting_timezone": "Etc/GMT+12", "session_gap_minutes": 35},
    {"reporting_timezone": "Pacific/Kiritimati", "reporting_currency": "USD"},
    {},
)


#: Tables that come apart: of them only the rows of values that changed are made.
APART = [name for name, table in packaged().tables.items() if table.contract.apart]
#: What visits are made of.
SESSIONS = ("gold.fct_arrivals", "gold.fct_identities", "gold.fct_sessions")


def bucketed() -> tuple[str, ...]:
    """Gold tables that have buckets, and what they are made of, in the order in which they are built."""
    tables = {name: table for name, table in packaged().tables.items() if name.startswith("gold.")}
    wanted: set[str] = set()
    for name in reversed(tables):
        if tables[name].contract.partition is not None or name in wanted:
            wanted |= {name, *tables[name].inputs}
    return tuple(name for name in tables if name in wanted)


def check_grown(seed: int) -> None:
    """Rows that arrive in three portions, some tables before others, make the tables of a rebuild."""
    chance = random.Random(seed)
    gold = Gold(bucketed(), project=shop(**chance.choice(SHOPS)))
    start, is_long = chance.choice(STARTS), chance.random() < 0.4
    events = clicks(chance, start, is_long)
    chance.shuffle(events)
    for part in range(3):
        arriving = [("silver.clicks", events[part::3]), *others(chance, start)]
        chance.shuffle(arriving)
        half = chance.randrange(1, len(arriving))
        gold.arrive(dict(arriving[:half]))
        gold.arrive(dict(arriving[half:]))
    _as_rebuilt(gold)
    assert gold.renewed == {*APART}


def check_shrunk(seed: int) -> None:
    """Events that are taken back, and come again, leave the tables of a rebuild, and so does whose they were."""
    chance = random.Random(seed)
    gold = Gold(bucketed(), project=shop(**chance.choice(SHOPS)))
    start = chance.choice(STARTS)
    events = clicks(chance, start, is_long=False)
    gold.bring({"silver.clicks": events, **dict(others(chance, start))})
    for _ in range(2):
        gone = chance.sample(events, len(events) // chance.choice([3, 12]))
        names = ", ".join(f"'{event['event_id']}'" for event in gone)
        gold.leave("silver.clicks", f"event_id in ({names})")
        _as_rebuilt(gold)
        gold.add("silver.clicks", gone)
        _as_rebuilt(gold)


def _as_rebuilt(gold: Gold) -> None:
    grown, built = gold.rows(), gold.whole()
    for name in bucketed():
        assert grown[name] == built[name], name


def check_alone(seed: int) -> None:
    """Each bucket, made from the buckets of its inputs that the contract names, is the bucket of the whole table."""
    chance = random.Random(seed)
    gold = Gold(bucketed(), project=shop(**chance.choice(SHOPS)))
    start = chance.choice(STARTS)
    gold.bring({"silver.clicks": clicks(chance, start, chance.random() < 0.7), **dict(others(chance, start))})
    assert not_alone(gold) == {}
    assert [(name, values) for name in APART if (values := gold.apart(name))] == []


def not_alone(gold: Gold) -> dict[str, list[date]]:
    """Buckets that made alone are others, by the names of their tables."""
    names = [table.name for table in gold.tables if table.contract.partition is not None]
    return {name: days for name in names if (days := gold.alone(name))}


@pytest.mark.parametrize("seed", often(range(2), 2))
def test_any_order_and_split_of_arrivals_gives_the_tables_of_a_rebuild(seed: int) -> None:
    check_grown(seed)


@pytest.mark.long
def test_a_bucket_made_alone_is_the_one_of_the_whole_table() -> None:
    check_alone(1)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Auckland", "Pacific/Kiritimati"])
def test_a_visit_of_two_whole_days_is_in_reach_in_every_zone(zone: str) -> None:
    """From a UTC day's first pause to the end of the next day, in an order; another's was told the evening before."""
    gold = Gold(bucketed(), project=shop(reporting_timezone=zone, session_gap_minutes=180))
    gold.bring({"silver.clicks": [*_two_days(), *_evening_before()]})
    found = gold.connection.execute("select started_at, order_count from gold_fct_sessions order by 1").fetchall()
    assert found == [(datetime(2026, 3, 2, 0, 5), 1), (datetime(2026, 3, 2, 3, 5), 1)]
    assert not_alone(gold) == {}


def _two_days() -> list[Row]:
    """Pages, carts and campaigns of visitor v, what its customer's server tells meanwhile, and the order."""
    what = [{"context_campaign_name": "c1"}, {"event_type": "track", "event_name": "Product Added", "price": "10"}]
    server = {"anonymous_id": None, "visitor_id": "ann", "event_type": "track", "event_name": "Checkout Started"}
    found = []
    for number in range(16):
        at = datetime(2026, 3, 2, 3, 5) + timedelta(minutes=167 * number)
        found.append(click(f"e{number:02}", str(at), user_id="ann", **what[number % 2]))
        found.append(click(f"s{number:02}", str(at + timedelta(minutes=20)), user_id="ann", **server))
    paid = {"event_type": "track", "event_name": "Order Completed", "order_id": "o1", "revenue_amount": "100"}
    return [*found, click("paid", "2026-03-03 23:45:00", user_id="ann", currency="EUR", **paid)]


def _evening_before() -> list[Row]:
    """An order that a server tells at 21:10; the browser w says at 0:05 that it was its visit's."""
    order = {"event_type": "track", "event_name": "Order Completed", "order_id": "o2", "user_id": "cy"}
    told = click("o2a", "2026-03-01 21:10:00", anonymous_id=None, **{**order, "visitor_id": "cy"})
    return [told, click("o2b", "2026-03-02 00:05:00", anonymous_id="w", **{**order, "visitor_id": "w"})]


@pytest.mark.parametrize(
    ("zone", "change", "gap"),
    [
        ("America/New_York", datetime(2026, 3, 8), 1440),  # of 23 hours
        ("Europe/Berlin", datetime(2026, 10, 25), 1379),  # of 25 hours
    ],
)
def test_pauses_of_almost_a_day_are_told_alike_where_clocks_change(zone: str, change: datetime, gap: int) -> None:
    gold = Gold(SESSIONS, project=shop(reporting_timezone=zone, session_gap_minutes=gap))
    pauses = [gap - 1, gap, gap + 1, 40, 1380, gap, 1500]
    at = [change - timedelta(days=3) + timedelta(minutes=sum(pauses[:number])) for number in range(8)]
    events = [click(f"e{number}", str(each)) for number, each in enumerate(at)]
    for part in (2, 0, 1):
        gold.add("silver.clicks", events[part::3])
    assert gold.rows() == gold.whole()
    assert not_alone(gold) == {}
    started = {row[0] for row in gold.connection.execute("select started_at from gold_fct_sessions").fetchall()}
    # Time that passed ends a visit, whatever the clocks say; and midnight of UTC, after a day without such a pause.
    assert {each for last, each in pairwise(at) if each - last > timedelta(minutes=gap)} <= started
    assert all((each - last).days or last.date() < each.date() for last, each in pairwise(at) if each in started)


@pytest.mark.parametrize("seed", often(range(2), 2))
def test_what_is_taken_back_leaves_the_tables_of_a_rebuild(seed: int) -> None:
    check_shrunk(seed)
