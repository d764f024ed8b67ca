"""Damage on purpose: what a careless till, client or network does to records; each kind is counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marketpulse_retail.generate.plan import Generated

Rows = list[list[str]]


def dirty_sales(rows: Rows, share: float, rng: np.random.Generator, done: Generated) -> list[str]:
    """CSV lines of the rows, with damaged copies put in between; good rows stay as they are."""
    kinds: dict[str, Callable[[list[str]], str]] = {
        "duplicate": ",".join,
        "bad_quantity": lambda r: ",".join([*r[:6], "many", *r[7:]]),
        "zero_quantity": lambda r: ",".join([f"Z{r[0]}", *r[1:6], "0", *r[7:13], "", *r[14:]]),
        "no_transaction": lambda r: ",".join(["", *r[1:]]),
        "negative_price": lambda r: ",".join([f"N{r[0]}", *r[1:7], f"-{r[7]}", *r[8:]]),
        "unknown_currency": lambda r: ",".join([f"Q{r[0]}", *r[1:10], "XXQ", r[11]]),
        "ragged": lambda r: ",".join(r[:5]),
    }
    return _mix([",".join(row) for row in rows], rows, kinds, Damage("sales", share, rng, done))


def dirty_reference(feed: str, rows: Rows, share: float, rng: np.random.Generator, done: Generated) -> list[str]:
    """CSV lines of a change file, with repeated rows and impossible dates."""
    kinds: dict[str, Callable[[list[str]], str]] = {
        "duplicate": ",".join,
        "bad_date": lambda r: ",".join([*r[:-1], "2026-02-30T00:00:00Z"]),
    }
    return _mix([",".join(row) for row in rows], rows, kinds, Damage(feed, share, rng, done))


def dirty_lines(lines: list[str], share: float, rng: np.random.Generator, done: Generated) -> list[str]:
    """NDJSON lines with damaged copies put in between; the copies are no events."""
    kinds: dict[str, Callable[[str], str]] = {
        "malformed": lambda t: t[: len(t) // 2],
        "no_message_id": lambda t: t.replace('"messageId"', '"message"', 1),
        "nobody": lambda t: t.replace('"anonymousId"', '"anonymous"', 1).replace('"userId"', '"user"', 1),
        "bad_time": lambda t: t.replace('"receivedAt":"2', '"receivedAt":"x', 1),
        "future": lambda t: t.replace('"originalTimestamp":"20', '"originalTimestamp":"29', 1),
    }
    return _mix(lines, lines, kinds, Damage("clickstream", share, rng, done))


@dataclass(frozen=True)
class Damage:
    """How much of which feed is damaged, by which random stream, and who counts."""

    feed: str
    share: float
    rng: np.random.Generator
    done: Generated


def _mix(lines: list[str], records: Sequence[Any], kinds: dict[str, Callable[..., str]], damage: Damage) -> list[str]:
    """Insert `share` damaged copies at random places behind the records they were made from."""
    count = damage.rng.binomial(len(lines), damage.share) if lines else 0
    places = np.sort(damage.rng.integers(0, len(lines), count)) if count else np.array([], int)
    names = list(kinds)
    chosen = damage.rng.integers(0, len(names), count)
    mixed: list[str] = []
    last = 0
    for place, number in zip(places, chosen, strict=True):
        mixed += lines[last : place + 1]
        last = place + 1
        mixed.append(kinds[names[number]](records[place]))
        damage.done.damage(f"{damage.feed}.{names[number]}", 1)
    return mixed + lines[last:]
