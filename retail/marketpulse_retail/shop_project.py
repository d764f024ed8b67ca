"""The project of a generated shop: retail as it is, reporting in dollars and by the days of New York."""

from __future__ import annotations

from pathlib import Path

_TEXT = """\
name: demo
description: The generated shop; it sells for dollars and euro, in three zones.
extends: retail
settings:
  reporting_currency: USD
  reporting_timezone: America/New_York
"""


def shop_project(folder: Path) -> Path:
    """Write the project into a folder, unless there is one; the folder."""
    path = folder / "project.yaml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_TEXT, encoding="utf-8")
    return folder
