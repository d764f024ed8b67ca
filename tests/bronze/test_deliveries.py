"""What is a delivery, whatever happens to files: no sequence loses or doubles one."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.bronze.deliveries import Landings

TestLandings = Landings.TestCase
TestLandings.settings = settings(
    max_examples=12,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
