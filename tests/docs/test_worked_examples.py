"""The worked examples and the runbook say what really happens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.session import Session, sessions

PAGES = [
    "a-feed-in-five-minutes.md",
    "add-a-feed.md",
    "add-a-mart.md",
    "add-a-metric.md",
    "backup.md",
    "connect.md",
    "packs.md",
    "privacy.md",
    "python.md",
    "rows.md",
    "streams.md",
]
SETUP, *SECTIONS = [found for found in sessions("runbook.md", separate=True) if found.commands]


@pytest.mark.parametrize("page", PAGES)
def test_a_worked_example_works(page: str, tmp_path: Path) -> None:
    (session,) = sessions(page)
    assert session.play(tmp_path) > 0


@pytest.fixture(scope="module")
def fresh_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop of the runbook, set up once: tables know their place, so its copy goes back to the same folder."""
    folder = tmp_path_factory.mktemp("runbook")
    SETUP.play(folder / "shop")
    shutil.copytree(folder / "shop", folder / "kept")
    return folder


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_the_runbook_says_what_happens(section: Session, fresh_shop: Path) -> None:
    shutil.rmtree(fresh_shop / "shop")
    shutil.copytree(fresh_shop / "kept", fresh_shop / "shop")
    assert section.play(fresh_shop / "shop") > 0
