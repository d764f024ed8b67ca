"""Values as people read them on a page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from marketpulse import cells
from marketpulse.units import seconds

#: What a period is compared with, as people say it.
COMPARED = {"previous": "the period before", "day": "a day before", "week": "a week before",
            "month": "a month before", "year": "a year before", "same-weekday": "same weekdays last year"}  # fmt: skip
_AGES = ((86_400 * 2, 86_400, "days"), (3_600 * 2, 3_600, "hours"), (120, 60, "minutes"))


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago a time (UTC) was.

    >>> ago(datetime(2026, 3, 8, 10), datetime(2026, 3, 8, 12, 30))
    '2 hours ago'
    """
    passed = ((now or datetime.now(UTC).replace(tzinfo=None)) - moment).total_seconds()
    for least, unit, name in _AGES:
        if passed >= least:
            return f"{int(passed // unit):,} {name} ago"
    return "a minute ago" if passed >= 60 else "just now"


def took(length: float) -> str:
    """A length of time in seconds.

    >>> took(0.25), took(75), took(7_500)
    ('250 ms', '1 min', '2 h 05 min')
    """
    if length < 60:
        return seconds(length)
    hours, minutes = divmod(round(length / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def shown(value: Any) -> str:
    """A value of a row, a dash for none.

    >>> shown(1234567), shown(0.125), shown(None)
    ('1,234,567', '0.125', '–')
    """
    return "–" if value is None else cells.shown(value)


def count_text(text: str) -> str:
    """A count that is a text already, as summaries of snapshots have it.

    >>> count_text("12345"), count_text("–")
    ('12,345', '–')
    """
    return f"{int(text):,}" if text.isdecimal() else text


def pyquote(text: str) -> str:
    """A text as Python writes it."""
    return json.dumps(text, ensure_ascii=False)
