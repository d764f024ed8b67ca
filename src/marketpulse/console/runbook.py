"""The runbook as pages of the console, and which part of it helps with what a run says went wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.page import page
from marketpulse.serving.runs import Run

_HERE = Path(__file__).with_name("runbook.md")
#: In an installed package the text lies beside this file, in the repository where people read it.
_TEXT = _HERE if _HERE.exists() else Path(__file__).parents[3] / "docs" / "runbook.md"
#: What stands there for the test that runs the page.
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
NIGHT, KILLED = "what-happened-in-the-night", "a-run-was-killed"
#: Words of a reason, and the part that it leads to; the first that is found counts.
_PARTS = (
    (r"would be quarantined", "too-many-rows-were-rejected"),
    (r"required column .* missing|lacks? .*column|columns? .* missing", "a-column-is-missing"),
    (r"\bbreaks?\b|is not unique", "a-rule-says-fail"),
    (r"No space left|disk quota", "the-disk-is-full"),
    (r"Out of Memory|more memory", "out-of-memory"),
    (r" came, expected ", "data-is-late"),
    (r"another run|is held|held by", "two-runs-at-once"),
    (r"\boffsets?\b|\bstream\b|\btopic\b", "a-stream-cannot-be-read-on"),
    (r"\bcatalog\b", "the-catalog-is-lost-or-damaged"),
)


def show(request: Request) -> Response:
    """The whole runbook."""
    return page(request, "runbook.html", title="Runbook", text=written())


def helps(run: Run) -> str | None:
    """The part of the runbook for what went wrong with a run; None for one that went well or is at work.

    It says no word of the reasons, which may show keys of rows.
    """
    if run.status == "killed":
        return KILLED
    if run.status not in ("blocked", "failed"):
        return None
    for reason in run.reasons:
        for words, part in _PARTS:
            if re.search(words, reason):
                return part
    return NIGHT


@cache
def written() -> Markup:
    """The runbook as HTML. It is our own text: no markup of it is let through, and no link leads elsewhere."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(_HIDDEN.sub("", _TEXT.read_text(encoding="utf-8")))
    for n, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(tokens[n + 1].content))
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        elif token.type == "inline":
            token.children = _without_links(token.children or [])
    text = reader.renderer.render(tokens, reader.options, {})
    return Markup(text.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704 - made of our own file, without its markup


def slug(heading: str) -> str:
    r"""The name of a part, as GitHub makes it.

    >>> slug("A value begins with an apostrophe, or shows `\\x1b`")
    'a-value-begins-with-an-apostrophe-or-shows-x1b'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _without_links(inside: Sequence[Token]) -> list[Token]:
    """Links to parts of the page stay; of others the words do."""
    kept: list[Token] = []
    is_open = False
    for token in inside:
        if token.type == "link_open":
            is_open = str(token.attrGet("href") or "").startswith("#")
        if token.type not in ("link_open", "link_close") or is_open:
            kept.append(token)
    return kept
