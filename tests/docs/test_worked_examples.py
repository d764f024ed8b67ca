"""The worked examples and the runbook say what really happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.session import Session, sessions

PAGES = ["add-a-feed.md", "add-a-mart.md"]


@pytest.mark.parametrize("page", PAGES)
def test_a_worked_example_works(page: str, tmp_path: Path) -> None:
    (session,) = sessions(page)
    assert session.play(tmp_path) > 0


SETUP, *SECTIONS = [found for found in sessions("runbook.md", separate=True) if found.commands]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_runbook_says_what_happens(section: Session, tmp_path: Path) -> None:
    SETUP.play(tmp_path)
    section.play(tmp_path)
