"""Interoperation with plain Spark, for tables that each engine wrote."""

import pytest
from tests.interop.test_native_spark import *  # noqa: F403 - the same tests, on both engines

pytestmark = pytest.mark.engines
