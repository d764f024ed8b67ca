"""Settings: defaults, file, environment, arguments; an unknown one is an error."""

from __future__ import annotations

import pytest

from marketpulse.errors import UsageError
from marketpulse.settings import load_settings
from tests.command import marketpulse
from tests.shop import MiniShop


def test_an_unknown_argument_is_no_setting() -> None:
    with pytest.raises(UsageError, match="unknown setting 'lading'"):
        load_settings(lading="x")


def test_a_setting_that_is_no_table_is_refused(shop: MiniShop) -> None:
    found = marketpulse(shop, "run", MARKETPULSE_SPARK="spark.x=1")
    assert (found.returncode, found.stderr.splitlines()[1]) == (2, " hint as JSON: {…}")
