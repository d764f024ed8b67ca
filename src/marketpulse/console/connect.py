"""Connect: what to paste elsewhere to read the same tables."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.page import page


def show(request: Request) -> Response:
    """The page, with the paths of this warehouse."""
    with request.app.state.desk.look() as look:
        settings = look.context.settings
        names = [name for name in look.context.lake.names() if name.startswith("gold.")]
        table = look.context.lake.find(names[0]) if names else None
        # An address of another catalog may hold a password: it is not shown.
        shown = {name: text for name, text in settings.catalog_properties().items() if _is_harmless(name, text)}
        given: dict[str, Any] = {
            "warehouse": settings.remote or str(settings.local),
            "catalog": shown,
            "table": names[0] if names else "",
            "identifier": ".".join(look.context.lake.layout.identifier(names[0])) if names else "",
            "metadata": table.iceberg.metadata_location if table else "",
        }
        return page(request, "connect.html", title="Connect", **given)


def _is_harmless(name: str, text: str) -> bool:
    return name in ("type", "warehouse") or (name == "uri" and text.startswith("sqlite:///"))
