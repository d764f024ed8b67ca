"""What tests land again and again: a header, a good file, a first day with some wrong rows."""

from __future__ import annotations

from tests.shop import MiniShop

HEADER = b"id,day,qty,amount\n"
GOOD = HEADER + b"1,2026-01-01,1,1\n"


def first_day(shop: MiniShop) -> None:
    """Four sales, two of them wrong; three clicks, one of them twice, and a line that is no JSON."""
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1.5", "2,2026-01-01,0,1", "3,2026-01-02,x,1", "4,2026-01-02,2,2.25")
    shop.land(
        "clicks/ingest_date=2026-01-01/hour=00/a.json",
        '{"id":"a","ts":"2026-01-01T00:00:01Z","name":"x"}\n'
        '{"batch":[{"id":"b","ts":"2026-01-01T00:00:02Z"},{"id":"a","ts":"2026-01-01T00:00:03Z"}],"sentAt":"z"}\n'
        "not json\n",
    )
