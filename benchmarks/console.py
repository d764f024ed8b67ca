"""Questions to a console by several people at once: how long an answer takes, from the request to its last byte.

    python benchmarks/console.py ADDRESS [--users 4] [--rounds 12]

ADDRESS is what `marketpulse console` has printed. Every question of a kind is another one (other days, another channel,
another limit), so none is answered from what was kept; `again` are questions that were asked before. Aggregates are
metrics and select over gold, silver is select over the events themselves.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator

METRICS = ("orders", "net_revenue", "visits", "units_sold", "conversion_rate")
GOLD = (
    "select sold_date, sum(order_count) as orders from gold.agg_customer_daily where order_count < {n} group by all",
    "select channel, currency, sum(net_amount) as net from gold.fct_sales where line_number < {n} group by all",
    "select * from metrics.net_revenue where net_revenue > {n} order by 1 limit 100",
    "select session_date, count(*) as n from gold.fct_sessions where event_count > {n} group by all order by 1",
)
SILVER = (
    "select event_date, event_name, count(*) as n from silver.clicks where event_name <> '{n}' group by all",
    "select event_date, hour(event_at) as hour, count(*) as n from silver.clicks where event_name = 'Product Viewed' "
    "and event_at > timestamp '2026-03-01' + interval {n} second group by all order by 1, 2",
    "select * from silver.clicks where event_date = date '2026-03-05' order by event_at limit {n}",
)
PSEUDONYMS = "select visitor_id, count(*) as n from silver.clicks group by all order by n desc limit {n}"


class Browser:
    """Somebody with the token."""

    def __init__(self, address: str) -> None:
        url = urllib.parse.urlsplit(address)
        self.origin = f"{url.scheme}://{url.netloc}"
        token = urllib.parse.parse_qs(url.query)["token"][0]
        self.refused = 0
        self.headers = {"Authorization": f"Bearer {token}", "Origin": self.origin}

    def took(self, path: str, form: dict[str, str] | None = None) -> float:
        """Seconds of one request; an answer that is no answer ends the benchmark."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self.origin + path, data, self.headers)
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                answer.read()
        except urllib.error.HTTPError as error:
            told = error.read().decode()
            if "other queries are at work" not in told:
                raise SystemExit(f"{path} {form}: {error.code} {told[:2000]}") from None
            self.refused += 1
        return time.perf_counter() - began


def questions(number: int, dice: random.Random, is_hashing: bool) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """(kind, path, form) of one round of one user; `number` makes them others than those of anybody else."""
    first = dice.randrange(1, 8)
    given = {"metric": dice.choice(METRICS), "days": f"2026-03-{first:02}..2026-03-{dice.randrange(first, 11):02}",
             "grain": "day", "top": str(number)}  # fmt: skip
    yield "metric of some days", f"/explore?{urllib.parse.urlencode(given)}", None
    by = {"metric": "orders", "by": "channel", "days": "7d", "where": f"channel <> '{number}'"}
    yield "metric by channel", f"/explore?{urllib.parse.urlencode(by)}", None
    for text in GOLD:
        yield "select over gold", "/sql", {"query": text.format(n=number), "as_of": ""}
    for text in SILVER:
        yield "select over silver", "/sql", {"query": text.format(n=number), "as_of": ""}
    if is_hashing:
        yield "pseudonyms of all events", "/sql", {"query": PSEUDONYMS.format(n=number), "as_of": ""}
    for page in ("/", "/tables", "/runs", "/quarantine", "/tables/gold.fct_sales", "/tables/silver.clicks"):
        yield f"page {page}, again", page, None


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--pseudonyms", action="store_true", help="also group all events by the pseudonyms of people")
    given = parser.parse_args()
    browser, numbers, found = Browser(given.address), itertools.count(2), defaultdict(list)
    for path in ("/", "/tables", "/runs", "/quarantine", "/tables/gold.fct_sales", "/tables/silver.clicks"):
        print(f"first look at {path}: {browser.took(path):.2f} s", flush=True)

    def use(user: int) -> None:
        dice = random.Random(user)
        for _ in range(given.rounds):
            asked = list(questions(next(numbers), dice, given.pseudonyms))
            dice.shuffle(asked)
            for kind, path, form in asked:
                found[kind].append(browser.took(path, form))

    users = [threading.Thread(target=use, args=(number,)) for number in range(given.users)]
    began = time.perf_counter()
    for each in users:
        each.start()
    for each in users:
        each.join()
    asked = sum(map(len, found.values()))
    took = time.perf_counter() - began
    print(f"{given.users} users, {asked:,} questions in {took:.0f} s, {browser.refused} told to come again\n")
    print("| question | asked | p50 | p95 | most |\n|---|---|---|---|---|")
    for kind, each in sorted(found.items()):
        p95 = statistics.quantiles(each, n=20, method="inclusive")[-1] if len(each) > 1 else each[0]
        middle, most = statistics.median(each), max(each)
        print(f"| {kind} | {len(each)} | {middle * 1e3:.0f} ms | {p95 * 1e3:.0f} ms | {most * 1e3:.0f} ms |")


if __name__ == "__main__":
    main()
