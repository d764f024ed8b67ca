"""The mini shop of the tests, on each engine."""

from tests.conftest import engine, pytest_generate_tests, shop

__all__ = ["engine", "pytest_generate_tests", "shop"]
