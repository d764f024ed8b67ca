"""The pages of promises and of threats name tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("reliability.md", "threats.md")}
NAMED = {name: sorted(set(re.findall(r"`(test_\w+)`", page))) for name, page in PAGES.items()}
THERE = {
    name
    for folder in ("tests", "proofs", "package")
    for path in (ROOT / folder).rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
}


@pytest.mark.parametrize(("page", "least"), [("reliability.md", 40), ("threats.md", 25)])
def test_the_page_names_tests(page: str, least: int) -> None:
    assert len(NAMED[page]) > least


@pytest.mark.parametrize("name", sorted({*NAMED["reliability.md"], *NAMED["threats.md"]}))
def test_a_named_test_is_there(name: str) -> None:
    assert name in THERE


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:tests|proofs)/[\w/.]+)`", "".join(PAGES.values())))))
def test_a_named_place_is_there(path: str) -> None:
    assert (ROOT / path).exists()
