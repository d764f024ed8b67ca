"""HTML that cannot be broken by what it shows: every text is escaped unless it was built here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from marketpulse.visible import visible

_VOID = {"meta", "input", "br", "hr"}
_SQL_PARTS = re.compile(
    r"(?P<comment>--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<number>\b\d+(?:\.\d+)?\b)"
    r"|(?P<word>\b(?:select|from|where|group|order|by|having|with|as|join|left|right|full|inner|outer|cross|on|and|or"
    r"|not|in|is|null|case|when|then|else|end|union|all|distinct|over|partition|between|exists|lateral|view|explode"
    r"|limit|true|false|like|asc|desc|rows|range|preceding|following|current|row|interval|date|timestamp)\b)",
    re.IGNORECASE,
)


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def safe(value: object) -> Html:
    """`value` as markup: as it is when it is `Html`, else escaped.

    >>> safe("<b>")
    '&lt;b&gt;'
    """
    return value if isinstance(value, Html) else Html(html.escape(visible(str(value))))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """One element. `class_` is written `class`, `data_x` is `data-x`; None and False leave an attribute out.

    >>> tag("a", "1 < 2", href="#x")
    '<a href="#x">1 &lt; 2</a>'
    """
    parts = [name]
    for key, value in attributes.items():
        word = key.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(word)
        elif value is not None and value is not False:
            parts.append(f'{word}="{html.escape(visible(str(value)))}"')
    opened = f"<{' '.join(parts)}>"
    return Html(opened) if name in _VOID else Html(f"{opened}{join(children)}</{name}>")


def join(children: Iterable[object], between: str = "") -> Html:
    """Pieces one after the other; None is nothing."""
    return Html(between.join(safe(child) for child in children if child is not None))


def grid(heads: Iterable[str], rows: Iterable[Iterable[object]], numbers: Iterable[int] = (), name: str = "") -> Html:
    """A table that scrolls sideways when it must; columns in `numbers` are right-aligned."""
    right = set(numbers)
    head = tag(
        "tr", *(tag("th", text, scope="col", class_="n" if i in right else None) for i, text in enumerate(heads))
    )
    body = [
        tag("tr", *(tag("td", cell, class_="n" if i in right else None) for i, cell in enumerate(row))) for row in rows
    ]
    table = tag("table", tag("thead", head), tag("tbody", *body))
    return tag("div", table, class_=f"scroll {name}".strip(), tabindex="0", role="group", aria_label=name or "table")


def sql(text: str) -> Html:
    """Spark SQL with its words coloured."""
    parts: list[object] = []
    at = 0
    for found in _SQL_PARTS.finditer(text):
        parts += [text[at : found.start()], tag("span", found[0], class_=f"sql-{found.lastgroup}")]
        at = found.end()
    return tag("pre", tag("code", *parts, text[at:]), tabindex="0")
