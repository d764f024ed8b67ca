"""What the page of changes points at is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "change-it.md").read_text(encoding="utf-8")
SOURCES = ROOT / "src" / "marketpulse"
NAMED = {name for row in re.findall(r"^\|.*", PAGE, re.M) for name in re.findall(r"`([^`]+)`", row)}


def test_every_file_is_there() -> None:
    files = {name for name in NAMED if re.fullmatch(r"[a-z_/]+\.(py|toml)", name)}
    gone = {name for name in files if "/" in name and not (SOURCES / name).is_file()}
    known = {path.name for path in SOURCES.rglob("*.py")} | {"pyproject.toml"}
    assert len(files) > 15
    assert gone | {name for name in files if Path(name).name not in known} == set()


def test_every_name_is_one_of_the_code() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for folder in (SOURCES, ROOT / "tests") for path in folder.rglob("*.py")
    )
    words = set(re.findall(r"\w+", code))
    names = {name for name in NAMED if re.fullmatch(r"[A-Za-z_][A-Za-z_.]+", name)}
    assert len(names) > 20
    assert {name for name in names if name.rpartition(".")[2] not in words} == set()
