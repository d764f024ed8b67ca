"""Examples in docstrings say what happens."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import marketpulse

ROOT = Path(marketpulse.__file__).parent
WITH_EXAMPLES = [
    ".".join(("marketpulse", *path.relative_to(ROOT).with_suffix("").parts))
    for path in sorted(ROOT.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_an_example_gives_what_it_shows(module: str) -> None:
    done = doctest.testmod(importlib.import_module(module.removesuffix(".__init__")))
    assert done.attempted > 0
    assert done.failed == 0
