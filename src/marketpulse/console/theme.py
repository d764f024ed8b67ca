"""Light or dark, as somebody has said; without a word as the system says."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketpulse.console.forms import form

COOKIE = "marketpulse_theme"
THEMES = ("auto", "light", "dark")


def theme_of(request: Request) -> str:
    """What was chosen."""
    found = request.cookies.get(COOKIE, "")
    return found if found in THEMES else "auto"


async def change(request: Request) -> Response:
    """Choose, and go back to the page."""
    given = await form(request)
    back, wanted = given.get("back", "/"), given.get("theme", "")
    is_path = back.startswith("/") and not back.startswith("//") and "\\" not in back
    answer = RedirectResponse(back if is_path else "/", 303)
    if wanted in THEMES:
        answer.set_cookie(COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="strict")
    return answer
