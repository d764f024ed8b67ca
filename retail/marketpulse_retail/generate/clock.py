"""The clock of the stores, worked out from the law of their country: the truth about days comes from no engine."""

from __future__ import annotations

import numpy as np

from marketpulse_retail.generate.world import Ints

_HOUR = 3_600_000_000
#: Zone of every store of a generated shop.
ZONE = "America/New_York"


def eastern(at: Ints) -> Ints:
    """The clock in New York, in microseconds, at moments of UTC. The law is that of the years since 2007.

    >>> at = np.array(["2026-03-08T06:59:59", "2026-03-08T07:00:00", "2026-11-01T06:00:00"], "datetime64[us]")
    >>> eastern(at.astype(np.int64)).astype("datetime64[us]").astype("datetime64[s]").astype(str).tolist()
    ['2026-03-08T01:59:59', '2026-03-08T03:00:00', '2026-11-01T01:00:00']
    """
    year = at.astype("datetime64[us]").astype("datetime64[Y]")
    begins = _sunday(year, month=3, number=2) + 7 * _HOUR
    ends = _sunday(year, month=11, number=1) + 6 * _HOUR
    summer = (at >= begins) & (at < ends)
    return np.asarray(at - np.where(summer, 4, 5) * _HOUR, np.int64)


def _sunday(year: np.ndarray, month: int, number: int) -> Ints:
    """Midnight of a month's first, second, … Sunday."""
    first = (year.astype("datetime64[M]") + (month - 1)).astype("datetime64[D]")
    # Day 0 was a Thursday.
    to_sunday = (3 - first.astype(np.int64)) % 7
    return np.asarray((first + to_sunday + 7 * (number - 1)).astype("datetime64[us]").astype(np.int64), np.int64)
