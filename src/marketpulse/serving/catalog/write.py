"""Write the data catalogue into a file, or a folder."""

from __future__ import annotations

from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.run.context import Context
from marketpulse.serving.catalog.facts import gather
from marketpulse.serving.catalog.page import page
from marketpulse.serving.catalog.pages import pages
from marketpulse.storage.places import replacing


def write_catalog(context: Context, output: Path) -> None:
    """Write the catalogue of the project and its warehouse (which may be empty) to `output`."""
    _write(page(gather(context)), output)


def write_pages(context: Context, folder: Path) -> int:
    """Write the catalogue as a file a table, then `index.html`; how many files. Other files of `folder` stay."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot make the folder: {error.strerror or error}"
        raise StorageError(what, where=folder, hint="choose another folder, or a file: catalog.html") from error
    catalog = gather(context)
    for name, text in pages(catalog):
        _write(text, folder / name)
    return 1 + len(catalog.entries)


def _write(text: str, output: Path) -> None:
    with replacing(output) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
