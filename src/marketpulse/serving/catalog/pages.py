"""The catalogue as a page a table and one before them: for so many tables that one page would be slow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from marketpulse.serving.catalog.facts import Catalog, Entry
from marketpulse.serving.catalog.html import tag
from marketpulse.serving.catalog.page import document, overview, theme_button
from marketpulse.serving.catalog.table import article, card

INDEX = "index.html"
#: A link to a table, or to one of its columns, on the page of all.
_TO_TABLE = re.compile(r'href="#([a-z]+\.\w+)((?:\.[^"]*)?)"')


def page_of(entry: Entry) -> str:
    """Name of the file of a table."""
    return f"{entry.name}.html"


def pages(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Name and text of each file: one a table, and `index.html`, which can be searched.

    That is the last, so that it leads to no page that a killed process did not write.
    """
    names = {entry.name for entry in catalog.entries}
    for entry in catalog.entries:
        brand = tag("a", tag("span", class_="logo", aria_hidden="true"), catalog.project, href=INDEX, class_="brand")
        aside = tag("aside", tag("div", brand, theme_button(), class_="bar"))
        main = tag("main", article(entry, catalog.written_at), id="top")
        yield page_of(entry), _apart(document(f"{entry.name}: {catalog.project}", aside, main), names)
    yield INDEX, _apart(overview(catalog, card), names)


def _apart(text: str, names: Collection[str]) -> str:
    """A page whose links to tables lead to their files. Quotes of what is shown are escaped: no text is a link."""

    def href(found: re.Match[str]) -> str:
        return f'href="{found[1]}.html#{found[1]}{found[2]}"' if found[1] in names else found[0]

    return _TO_TABLE.sub(href, text)
