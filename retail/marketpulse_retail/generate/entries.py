"""Where visits come from: what the first page says, and the channel that is meant by it.

Campaigns are told by the client, or stand in the address; click ids do too. A sign-in and the shop's own pages are no
source.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Entry(NamedTuple):
    """What the first event of a visit says; `channel` is empty where it says nothing."""

    share: int
    channel: str = ""
    referrer: str = ""
    campaign: tuple[str, str, str] | None = None
    query: str = ""

    @property
    def is_campaign(self) -> bool:
        """A campaign, or a click id: inside of a visit it is a touch of its own."""
        return self.campaign is not None or bool(self.query)


ENTRIES = (
    Entry(26),
    Entry(11, "paid_search", "https://www.google.com/", ("google", "cpc", "brand")),
    Entry(8, "email", campaign=("newsletter", "email", "weekly")),
    Entry(17, "organic_search", "https://www.google.com/"),
    Entry(4, "organic_search", "https://www.bing.com/"),
    Entry(9, "paid_social", "https://www.facebook.com/", ("facebook", "paid_social", "spring")),
    Entry(5, "social", "https://www.instagram.com/"),
    Entry(4, "affiliate", "https://blog.example/coffee", ("partner", "affiliate", "coffee-blog")),
    Entry(4, "referral", "https://blog.example/tea"),
    Entry(3, "paid_search", "https://www.google.com/", query="?gclid=EAIaIQobChMI"),
    Entry(2, "email", query="?utm_source=newsletter&utm_medium=email&utm_campaign=tea-week"),
    Entry(2, "social", "https://l.facebook.com/", query="?fbclid=IwAR0d2k"),
    Entry(2, "ai_assistant", "https://chatgpt.com/"),
    Entry(1, "", "https://accounts.google.com/"),
    Entry(2, "", "https://www.shop.example/journal"),
)
SHARE = np.array([entry.share for entry in ENTRIES], float) / sum(entry.share for entry in ENTRIES)
SAYS = np.array([bool(entry.channel) for entry in ENTRIES])
CAMPAIGNS = np.array([entry.is_campaign for entry in ENTRIES])
CHANNELS = tuple(entry.channel or "direct" for entry in ENTRIES)
