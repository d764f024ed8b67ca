"""Every packaged table is the same whatever way its files came (`make proof` tries more)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.retail.arrivals import Piece, check, pieces, plan_of

SHOP, BANK = "https://shop.example/", "https://www.paypal.com/checkout"


def visits() -> list[Piece]:
    """Visits that go on past a payment service and midnight and meet campaigns, an event a file."""
    found = []
    for visitor in range(4):
        events = [
            ("27T23:20:00", "identify", "", ""),
            ("27T23:40:00", "page", f"{SHOP}?utm_source=crm&utm_medium=email", ""),
            ("27T23:50:00", "page", f"{SHOP}?gclid=1", "https://www.google.com/"),
            ("28T00:59:30", "identify", "", ""),
            ("28T01:00:00", "page", SHOP, BANK),
            ("28T01:00:01", "track", SHOP, BANK),
            ("28T01:10:00", "page", f"{SHOP}?utm_source=crm&utm_medium=email", ""),
        ]
        for number, (at, kind, url, referrer) in enumerate(events):
            moment = f"2026-02-{at}Z"
            event = {"messageId": f"pay-{visitor}-{number}", "type": kind, "anonymousId": f"payer-{visitor}"}
            event |= {"originalTimestamp": moment, "sentAt": moment, "receivedAt": moment}
            event |= {"context": {"page": {"url": url, "referrer": referrer}}} if url else {"userId": f"C-{visitor}"}
            if kind == "track":
                order = {"order_id": f"PAY-{visitor}", "revenue": 80, "currency": "EUR"}
                event |= {"event": "Order Completed", "properties": order}
            name = f"clickstream/ingest_date=2026-02-{at[:2]}/pay-{visitor}-{number}.ndjson"
            found.append((name, json.dumps(event).encode() + b"\n"))
    return found


@pytest.mark.long
def test_files_cut_up_shuffled_copied_and_delayed_give_the_tables_of_one_run(tmp_path: Path) -> None:
    found = pieces(tmp_path, plan_of(days=2, clicks=400, sales=150), parts=2)
    check(tmp_path, found + visits(), seed=1, runs=2)
