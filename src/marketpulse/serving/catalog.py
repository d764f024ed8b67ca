"""The data catalogue: one HTML page that needs nothing else, for whoever asks what there is.

catalog_facts    what is defined, what the warehouse has         -> Catalog
catalog_layout   where each table stands in the lineage picture  -> Layout
catalog_picture  the picture as SVG
catalog_table    one table
catalog_page     the page around them (catalog.css, catalog.js)
catalog_html     markup that escapes what it shows
"""

from __future__ import annotations

from pathlib import Path

from marketpulse.context import Context
from marketpulse.errors import StorageError
from marketpulse.serving.catalog_facts import gather
from marketpulse.serving.catalog_page import page


def write_catalog(context: Context, output: Path) -> None:
    """Write the catalogue of the project and its warehouse (which may be empty) to `output`."""
    text = page(gather(context))
    try:
        output.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=output, hint="choose --output") from error
