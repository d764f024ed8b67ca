"""The worked examples and the runbook say what really happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.session import sessions

PAGES = ["add-a-feed.md", "add-a-mart.md"]


@pytest.mark.parametrize("page", PAGES)
def test_a_worked_example_works(page: str, tmp_path: Path) -> None:
    (session,) = sessions(page)
    assert session.play(tmp_path) > 0
