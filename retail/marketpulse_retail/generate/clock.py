"""The clocks of the stores, worked out from the laws of their countries: the truth about days comes from no engine."""

from __future__ import annotations

import numpy as np

from marketpulse_retail.generate.world import Ints

_HOUR = 3_600_000_000
#: Zones by their index: name, hours from UTC in winter.
ZONES = (("America/New_York", -5), ("America/Los_Angeles", -8), ("Europe/Berlin", 1), ("America/Denver", -7))
NEW_YORK, LOS_ANGELES, BERLIN, DENVER = range(4)
WINTER = np.array([hours for _, hours in ZONES])


def local(at: Ints, zone: Ints) -> Ints:
    """The clock of a zone, in microseconds, at moments of UTC. The laws are those of the years since 2007.

    >>> at = np.array(["2026-03-08T06:59:59", "2026-03-08T07:00:00", "2026-11-01T06:00:00"], "datetime64[us]")
    >>> def text(zone):
    ...     clock = local(at.astype(np.int64), np.full(3, zone))
    ...     return clock.astype("datetime64[us]").astype("datetime64[s]").astype(str).tolist()
    >>> text(NEW_YORK)
    ['2026-03-08T01:59:59', '2026-03-08T03:00:00', '2026-11-01T01:00:00']
    >>> text(BERLIN)
    ['2026-03-08T07:59:59', '2026-03-08T08:00:00', '2026-11-01T07:00:00']
    """
    year = at.astype("datetime64[us]").astype("datetime64[Y]")
    winter = WINTER[zone]
    # America changes at two o'clock of its own clock, Europe at one o'clock of UTC.
    begins = np.where(zone == BERLIN, _last_sunday(year, 3) + _HOUR, _sunday(year, 3, 2) + (2 - winter) * _HOUR)
    ends = np.where(zone == BERLIN, _last_sunday(year, 10) + _HOUR, _sunday(year, 11, 1) + (1 - winter) * _HOUR)
    summer = (at >= begins) & (at < ends)
    return np.asarray(at + (winter + summer) * _HOUR, np.int64)


def _sunday(year: np.ndarray, month: int, number: int) -> Ints:
    """Midnight of a month's first, second, … Sunday."""
    first = (year.astype("datetime64[M]") + (month - 1)).astype("datetime64[D]")
    # Day 0 was a Thursday.
    to_sunday = (3 - first.astype(np.int64)) % 7
    return np.asarray((first + to_sunday + 7 * (number - 1)).astype("datetime64[us]").astype(np.int64), np.int64)


def _last_sunday(year: np.ndarray, month: int) -> Ints:
    """Midnight of the last Sunday of a month of 31 days."""
    last = (year.astype("datetime64[M]") + month).astype("datetime64[D]") - 1
    since_sunday = (last.astype(np.int64) - 3) % 7
    return np.asarray((last - since_sunday).astype("datetime64[us]").astype(np.int64), np.int64)
