"""The mini shop of the tests."""

from tests.conftest import shop

__all__ = ["shop"]
