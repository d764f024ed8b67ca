"""What `make test` tries a few of, and CI and the long proofs all: more of a kind, each of them seconds long."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

#: Set where every test is run: in CI.
EVERY_TEST = "EVERY_TEST"


def often(values: Iterable[Any], step: int) -> list[Any]:
    """Parameters of a test, of which all but every `step`-th are long."""
    return [
        pytest.param(value, marks=[pytest.mark.long] if number % step else []) for number, value in enumerate(values)
    ]


def leave_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Take what is long out of `items`, unless every test is wanted; what was taken out."""
    long = [item for item in items if item.get_closest_marker("long")] if EVERY_TEST not in os.environ else []
    items[:] = [item for item in items if item not in long]
    return long
