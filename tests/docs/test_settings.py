"""The page of settings names every setting there is, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from marketpulse.settings import Settings

ROOT = Path(__file__).parents[2]
MACHINE, PROJECT = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").split("## Of the project", 1)


def _named(text: str) -> set[str]:
    first_cells = re.findall(r"^\| ([^|]*) \|", text, re.M)
    return {name for cell in first_cells for name in re.findall(r"`([a-z_]+)`", cell)}


def test_every_setting_of_the_machine_is_in_the_page() -> None:
    assert _named(MACHINE) == {f.name for f in fields(Settings)}


def test_every_setting_of_the_pack_is_in_the_page() -> None:
    settings = yaml.safe_load((ROOT / "retail" / "project.yaml").read_text(encoding="utf-8"))["settings"]
    assert _named(PROJECT) == set(settings)
