"""Where to read on: the rooms and modules that the page names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "marketpulse"
PAGE = (Path(__file__).parents[2] / "docs" / "how-it-works.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [^|]+ \| `([a-z]+)/`: ([^|]+) \|", PAGE[PAGE.index("## Where to read on") :], re.MULTILINE)
NAMED = [f"{room}/{name}" for room, text in ROWS for name in re.findall(r"`([a-z_/]+)`", text)]


def test_the_page_names_rooms() -> None:
    assert len(ROWS) >= 9


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_is_there(name: str) -> None:
    assert (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()
