"""No sequence of landings loses or doubles a delivery, for many more sequences than the tests try."""

from __future__ import annotations

from tests.bronze.deliveries import Landings, RetainedLandings, trying

TestLandings = Landings.TestCase
TestLandings.settings = trying(100, 20)
TestRetainedLandings = RetainedLandings.TestCase
TestRetainedLandings.settings = trying(50, 30)
