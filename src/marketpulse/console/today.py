"""Today: the numbers that a project is proud of beside what they were, and what is not whole."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.attention import attention, last_runs
from marketpulse.console.blocks import Block, block
from marketpulse.console.page import page
from marketpulse.serving.desk import Look


def show(request: Request) -> Response:
    """The page."""
    with request.app.state.desk.look() as look:
        found = blocks(look)
        run = next(iter(last_runs(look, 1)), None)
        given = {"blocks": found, "points": attention(look, run), "run": run, "name": look.project.name}
        return page(request, "today.html", title="Today", **given)


def blocks(look: Look) -> list[Block]:
    """What the project's headlines say, answered once a state."""
    return look.once("today", lambda: [block(look, question) for question in look.project.headlines])
