"""Whatever a console prints steers no terminal; its own colours do."""

from __future__ import annotations

import io

import pytest
from rich.table import Table
from rich.text import Text

from marketpulse.cli.terminal import terminal

STEERS = "\x1b]52;c;eA==\x9c\u202ex"
SHOWN = "\\x1b]52;c;eA==\\x9c\\u202ex"


def table() -> Table:
    grid = Table(STEERS, box=None)
    grid.add_row(STEERS)
    return grid


@pytest.mark.parametrize(
    "what", [STEERS, Text(STEERS), Text(STEERS, "red"), table()], ids=["str", "text", "red", "table"]
)
def test_text_is_shown_and_colours_stay(what: object) -> None:
    console = terminal()
    console.file = io.StringIO()
    console._force_terminal = True
    console.print(what, markup=False, style="bold")
    found = console.file.getvalue()
    assert SHOWN in found.replace("\n", "")
    assert "\x1b]" not in found
    assert "\x9c" not in found
