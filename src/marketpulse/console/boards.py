"""Boards: pages of questions that belong together, here and as one file to share."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from marketpulse.console.blocks import Block, block
from marketpulse.console.page import page, templates
from marketpulse.errors import UsageError
from marketpulse.project.boards import Board
from marketpulse.project.project import load_project
from marketpulse.serving.desk import Desk, Look
from marketpulse.settings import Settings

_CSS = Path(__file__).with_name("static") / "console.css"


def show(request: Request) -> Response:
    """All boards of the project."""
    with request.app.state.desk.look() as look:
        return page(request, "boards.html", title="Boards", boards=list(look.project.boards.values()))


def show_one(request: Request) -> Response:
    """One board. Raise UsageError where there is none of that name."""
    with request.app.state.desk.look() as look:
        board = _named(look, request.path_params["name"])
        return page(request, "board.html", title=board.title, board=board, blocks=_blocks(look, board))


def as_file(settings: Settings, name: str) -> str:
    """A board as one page of HTML that needs nothing else, as of the last finished state.

    Raise UsageError where there is no board of that name.
    """
    desk = Desk(settings, load_project(settings.project))
    with closing(desk), desk.look() as look:
        board = _named(look, name)
        css = Markup(_CSS.read_text(encoding="utf-8"))  # noqa: S704 - a file of ours
        given = {"board": board, "blocks": _blocks(look, board), "css": css, "project": look.project.name}
        return templates().get_template("board_file.html").render(**given, at=look.at, masked=desk.masked)


def _blocks(look: Look, board: Board) -> list[Block]:
    """Its rows, answered once a state."""
    return look.once(("board", board.name), lambda: [block(look, question) for question in board.questions])


def _named(look: Look, name: str) -> Board:
    boards = look.project.boards
    if name not in boards:
        hint = f"there are {', '.join(boards)}" if boards else "a board is boards/<name>.yaml of the project"
        raise UsageError(f"there is no board {name[:80]}", hint=hint)
    return boards[name]
