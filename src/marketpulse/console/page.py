"""Pages of templates: everything in them is escaped, and steers nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from marketpulse.console.theme import theme_of
from marketpulse.console.words import ago, count_text, pyquote
from marketpulse.units import plural, size
from marketpulse.visible import visible

#: Pages by their address and name, in the order of the menu.
PAGES = (("/", "Today"), ("/explore", "Explore"), ("/boards", "Boards"), ("/tables", "Tables"), ("/sql", "SQL"),
         ("/runs", "Runs"), ("/quarantine", "Quarantine"), ("/connect", "Connect"))  # fmt: skip


@cache
def templates() -> Environment:
    """The templates of the console. What is not given to them is an error, not an empty place."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"ago": ago, "plural": plural, "size": size, "count_text": count_text, "pyquote": pyquote}
    return found


def page(request: Request, template: str, code: int = 200, **given: Any) -> HTMLResponse:
    """A whole page."""
    desk = request.app.state.desk
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    around = {
        "pages": PAGES,
        "path": request.url.path,
        "here": here,
        "theme": theme_of(request),
        "origin": str(request.base_url).rstrip("/"),
        "masked": desk.masked,
        "may_act": desk.settings.may_act,
    }
    return HTMLResponse(templates().get_template(template).render(**around, **given), code)
