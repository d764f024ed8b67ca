"""Write the data catalogue into a file."""

from __future__ import annotations

from pathlib import Path

from marketpulse.run.context import Context
from marketpulse.serving.catalog.facts import gather
from marketpulse.serving.catalog.page import page
from marketpulse.storage.places import replacing


def write_catalog(context: Context, output: Path) -> None:
    """Write the catalogue of the project and its warehouse (which may be empty) to `output`."""
    text = page(gather(context))
    with replacing(output) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
