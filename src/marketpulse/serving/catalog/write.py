"""Write the data catalogue into a file, or a folder."""

from __future__ import annotations

from pathlib import Path

from marketpulse.errors import StorageError
from marketpulse.run.context import Context
from marketpulse.serving.catalog.facts import gather
from marketpulse.serving.catalog.page import GENERATOR, page
from marketpulse.serving.catalog.pages import INDEX, page_of, pages
from marketpulse.storage.places import replacing

#: In so many letters from its start a page says what made it.
_HEAD = 500


def write_catalog(context: Context, output: Path) -> None:
    """Write the catalogue of the project and its warehouse (which may be empty) to `output`."""
    _write(page(gather(context)), output)


def write_pages(context: Context, folder: Path) -> int:
    """Write the catalogue as a file a table, then `index.html`; how many files.

    Pages of tables that are no more go; other files of `folder` stay. Raise StorageError where one of these has the
    name of a page: nothing is written then.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"cannot make the folder: {error.strerror or error}"
        raise StorageError(what, where=folder, hint="choose another folder, or a file: catalog.html") from error
    catalog = gather(context)
    names = {INDEX, *(page_of(entry) for entry in catalog.entries)}
    there = {path.name: path for path in folder.glob("*.html") if path.is_file()}
    ours = {name for name, path in there.items() if _is_page(path)}
    if others := sorted((there.keys() & names) - ours):
        raise StorageError("it is no page of a catalogue", where=folder / others[0], hint="choose another folder")
    for name, text in pages(catalog):
        _write(text, folder / name)
    for name in ours - names:
        there[name].unlink()
    return len(names)


def _is_page(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as stream:
        return GENERATOR in stream.read(_HEAD)


def _write(text: str, output: Path) -> None:
    with replacing(output) as part:
        part.write_text(text, encoding="utf-8", errors="replace")
