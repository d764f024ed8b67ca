"""A town for a day in an hour: a mini shop with people, and what its tables must hold in the end.

Tills send lines, correct them and take them back; browsers post events. The town remembers what it sent, so that the
truth is counted here, without the code that is tried.
"""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.privacy.people import named
from tests.shop import MiniShop

#: Days on which lines are sold and events happen.
DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")
#: What a till sends for a line that was taken back, and what the rule of the table refuses.
BACK, REFUSED = -9, 0
_MAPPING = """
select e.messageId as event_id, substring(e.timestamp, 1, 10) as day, e.timestamp as event_at,
    e.anonymousId as browser, e.userId as buyer, cast(null as string) as note
from (select from_json(raw, 'messageId STRING, timestamp STRING, anonymousId STRING, userId STRING') as e
      from bronze.clicks) as events
"""


def settled(shop: MiniShop) -> MiniShop:
    """The mini shop with people, whose clicks the door collects, whose lines may be taken back, and no limits."""
    named(shop)
    shop.write("silver/clicks/from_clicks.sql", _MAPPING)
    shop.edit("sources/clicks.yaml", "format: ndjson\n", "format: ndjson\ncollect: [segment]\n")
    for name in ("sales", "clicks"):
        more = "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n"
        shop.edit(f"silver/{name}/contract.yaml", "customProperties:\n", more)
    more = f"  - {{property: deleted, value: 'qty = {BACK}'}}\n  - {{property: removedShareLimit, value: 1}}\n"
    shop.edit("silver/sales/contract.yaml", "customProperties:\n", f"customProperties:\n{more}")
    return shop


@dataclass(frozen=True)
class Line:
    """A line as a till sent it."""

    id: str
    day: str
    qty: int
    buyer: str

    def __str__(self) -> str:
        return f"{self.id},{self.day},{self.qty},{self.buyer}"


@dataclass
class Town:
    """What was sent and asked so far. Everybody has one browser; `gone` are those who asked to be forgotten."""

    shop: MiniShop
    seed: int
    people: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    files: int = 0
    lines: list[Line] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def somebody(self, chance: random.Random) -> str:
        """Who buys or clicks now: somebody who was here, or somebody new."""
        with self.lock:
            if not self.people or chance.random() < 0.05:
                self.people.append(f"buyer{uuid.UUID(int=chance.getrandbits(128)).hex}")
            return chance.choice(self.people)

    def till(self, chance: random.Random) -> None:
        """Send a file: new lines, corrections of lines, lines taken back, what the rule refuses."""
        made = [self._line(chance) for _ in range(chance.randrange(1, 20))]
        with self.lock:
            self.files += 1
            self.lines += made
            number = self.files
        text = "\n".join(["id,day,qty,buyer", *map(str, made)]) + "\n"
        partial = self.shop.land(f"sales/ingest_date=2026-01-05/.till-{number}", text)
        partial.rename(partial.with_name(f"till-{number}.csv"))

    def _line(self, chance: random.Random) -> Line:
        qty = BACK if chance.random() < 0.1 else chance.choice([REFUSED, 1, 2, 3, 4])
        return Line(f"l{chance.randrange(500)}", chance.choice(DAYS), qty, self.somebody(chance))

    def clicks(self, chance: random.Random) -> list[dict[str, Any]]:
        """A batch of events; what is not answered may be kept or not."""
        made = []
        for _ in range(chance.randrange(1, 30)):
            buyer = self.somebody(chance)
            event = {"messageId": uuid.UUID(int=chance.getrandbits(128)).hex, "type": "page", "userId": buyer}
            at = f"{chance.choice(DAYS)}T10:00:{chance.randrange(60):02}Z"
            made.append(event | {"anonymousId": f"browser-of-{buyer}", "timestamp": at})
            with self.lock:
                self.sent[event["messageId"]] = buyer
        return made

    def answered(self, events: Iterable[dict[str, Any]]) -> None:
        """The door said that it keeps these."""
        with self.lock:
            self.kept |= {event["messageId"] for event in events}

    def forgets(self, chance: random.Random) -> str | None:
        """Somebody asks to be forgotten."""
        with self.lock:
            here = [name for name in self.people if name not in self.gone]
            if len(here) < 5:
                return None
            name = chance.choice(here)
            self.gone.add(name)
            return name

    def sold(self) -> list[tuple[str, str, int, str]]:
        """Lines that the table must hold: of each the newest that its rule lets through, if it was not taken back."""
        newest = {line.id: line for line in self.lines if line.buyer not in self.gone and line.qty != REFUSED}
        return sorted((line.id, line.day, line.qty, line.buyer) for line in newest.values() if line.qty != BACK)

    def clicked(self) -> tuple[set[str], set[str]]:
        """Events that must be in the table, and those that may be there."""
        stays = {event for event, buyer in self.sent.items() if buyer not in self.gone}
        return self.kept & stays, stays
