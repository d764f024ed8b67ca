"""Connect: what to paste elsewhere to read the same tables."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.page import page
from marketpulse.errors import UsageError
from marketpulse.serving.connect import Recipe, recipes


def show(request: Request) -> Response:
    """The page, with the paths of this warehouse."""
    with request.app.state.desk.look() as look:
        settings = look.context.settings
        found: list[Recipe] = []
        nothing = ""
        try:
            found = recipes(look.context)
        except UsageError as error:
            nothing = error.message
        warehouse = settings.remote or str(settings.local)
        return page(request, "connect.html", title="Connect", warehouse=warehouse, recipes=found, nothing=nothing)
