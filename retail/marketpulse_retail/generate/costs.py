"""What marketing cost, as platforms bill it: by channel, by campaign, and for campaigns that bring no visit.

A poster is paid in pounds, for which there is no rate: nobody knows what that day's unknown campaigns cost in dollars.
The search bill of the second day is ten times too high, and comes again, corrected, on the third.
"""

from __future__ import annotations

from typing import NamedTuple

from marketpulse_retail.generate.lines import cents
from marketpulse_retail.generate.plan import ShopPlan

Rows = list[list[str]]
COSTS = ["cost_date", "channel", "campaign_source", "campaign_name", "clicks", "impressions", "currency", "cost"]
_SPECIAL_DAY = 1


class Cost(NamedTuple):
    """A bill of one day; the channel as the platform writes it, `cents` of its currency."""

    day: int
    channel: str
    source: str
    campaign: str
    clicks: int
    currency: str
    cents: int


def landing(plan: ShopPlan, day: int) -> list[Cost]:
    """Bills that land on a day of the plan, which is theirs but for the correction."""
    found = _bills(plan, day)
    if day == _SPECIAL_DAY:
        found[0] = found[0]._replace(cents=found[0].cents * 10)
    if day == _SPECIAL_DAY + 1:
        found.append(_bills(plan, _SPECIAL_DAY)[0])
    return found


def rows(plan: ShopPlan, day: int) -> Rows:
    """Lines of the feed that land on a day."""
    return [
        [
            str(plan.day(c.day)),
            c.channel,
            c.source,
            c.campaign,
            str(c.clicks),
            str(c.clicks * 37),
            c.currency,
            cents(c.cents),
        ]
        for c in landing(plan, day)
    ]


def _bills(plan: ShopPlan, day: int) -> list[Cost]:
    rng = plan.random(day, "costs")
    clicks = plan.clicks_per_day // 25
    found = [
        Cost(day, "Paid Search", "", "", clicks, "USD", clicks * int(rng.integers(90, 140))),
        Cost(day, "", "facebook", "spring", clicks // 2, "EUR", clicks * int(rng.integers(20, 40))),
        Cost(day, "", "newsletter", "weekly", clicks // 3, "USD", 1_250),
        Cost(day, "", "", "radio-spring", 0, "USD", int(rng.integers(8_000, 12_000))),
    ]
    return [*found, Cost(day, "", "", "posters", 0, "GBP", 9_900)] if day == _SPECIAL_DAY else found
