"""The console as an application: which address is which page, and what is said when something is wrong."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from marketpulse.console import (
    acts,
    boards,
    catalog,
    completing,
    connect,
    differing,
    explore,
    history,
    living,
    profiling,
    querying,
    rejects,
    runbook,
    tables,
    theme,
    today,
)
from marketpulse.console.acting import Acting
from marketpulse.console.guard import Access, Guard
from marketpulse.console.page import page
from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.serving.desk import Desk

_STATIC = Path(__file__).with_name("static")
_ROUTES = [
    Route("/", today.show),
    Route("/explore", explore.show),
    Route("/explore.csv", explore.as_file),
    Route("/explore.json", explore.as_file),
    Route("/explore.xlsx", explore.as_file),
    Route("/boards", boards.show),
    Route("/boards/{name}", boards.show_one),
    Route("/tables", tables.show),
    Route("/tables/{name}", tables.show_one),
    Route("/tables/{name}/profile", profiling.show),
    Route("/tables/{name}/difference", differing.show),
    Route("/sql", querying.ask),
    Route("/sql", querying.answer, methods=["POST"]),
    Route("/sql/words", completing.answer, methods=["POST"]),
    Route("/sql/save", querying.keep, methods=["POST"]),
    Route("/sql.csv", querying.answer, methods=["POST"]),
    Route("/sql.xlsx", querying.answer, methods=["POST"]),
    Route("/runs", history.show),
    Route("/runs/live", living.show),
    Route("/runs/{run_id}", history.show_one),
    Route("/runbook", runbook.show),
    Route("/quarantine", rejects.show),
    Route("/quarantine/ask", acts.ask, methods=["POST"]),
    Route("/quarantine/act", acts.act, methods=["POST"]),
    Route("/quarantine/done/{word}", acts.show),
    Route("/connect", connect.show),
    Route("/theme", theme.change, methods=["POST"]),
    Mount("/catalog", routes=catalog.ROUTES),
    Mount("/static", StaticFiles(directory=_STATIC)),
]


def console(desk: Desk, access: Access) -> Guard:
    """The application, guarded."""
    handlers = {MarketPulseError: _wrong, HTTPException: _nothing}
    app = Starlette(routes=_ROUTES, exception_handlers=handlers)
    app.state.desk = desk
    app.state.acting = Acting(desk)
    return Guard(app, access)


def _wrong(request: Request, error: Exception) -> Response:
    """What is wrong, and what to do: as the command line says it."""
    each = error.each if isinstance(error, MarketPulseError) else ()
    return page(request, "wrong.html", 400 if isinstance(error, UsageError) else 500, title="Not answered", errors=each)


def _nothing(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 404
    told = UsageError("there is no such page" if code == 404 else f"this is not answered ({code})")
    return page(request, "wrong.html", code, title="Nothing here", errors=[told])
