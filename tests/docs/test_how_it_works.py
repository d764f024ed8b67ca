"""Where to read on: the files that the page names are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`([a-z0-9_/]+(?:\.py|/))`", PAGE[PAGE.index("## Where to read on") :])))


def test_the_table_names_files() -> None:
    assert len(FILES) > 15


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_named_is_there(name: str) -> None:
    assert (ROOT / "src" / "marketpulse" / name).exists()
