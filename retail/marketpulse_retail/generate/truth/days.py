"""Days of the web and the app: those of the zone that the shop's project reports in, New York."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from marketpulse_retail.generate.clock import NEW_YORK, local
from marketpulse_retail.generate.visits import DAY
from marketpulse_retail.generate.world import Ints


def reporting_days(at: Ints) -> Ints:
    """Days since 1970."""
    return local(at, np.full(len(at), NEW_YORK)) // DAY


def reporting_day(at: int) -> date:
    """The day of one moment."""
    return date(1970, 1, 1) + timedelta(days=int(reporting_days(np.array([at]))[0]))
