"""Write the data catalogue into a file."""

from __future__ import annotations

from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.run.context import Context
from marketpulse.serving.catalog.facts import gather
from marketpulse.serving.catalog.page import page


def write_catalog(context: Context, output: Path) -> None:
    """Write the catalogue of the project and its warehouse (which may be empty) to `output`."""
    text = page(gather(context))
    try:
        output.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=output, hint="choose --output") from error
