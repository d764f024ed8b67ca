"""No sequence of landings loses or doubles a delivery, for many more sequences than the tests try."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from tests.bronze.deliveries import Landings

TestLandings = Landings.TestCase
TestLandings.settings = settings(
    max_examples=400,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
