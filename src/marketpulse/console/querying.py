"""SQL: one select over the tables, read-only, within limits, masked as whoever looks may see."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from threading import Event
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketpulse.console.files import as_csv, as_excel
from marketpulse.console.forms import form
from marketpulse.console.page import page
from marketpulse.console.rows import SHORT, fetched, laid_out
from marketpulse.engines.limits import Given
from marketpulse.errors import LimitError, MarketPulseError, UsageError
from marketpulse.project.queries import is_own, save, saved, saved_names
from marketpulse.serving.desk import Look
from marketpulse.serving.noted import note_of
from marketpulse.serving.query import Moment
from marketpulse.serving.slots import Slots
from marketpulse.serving.values import values

#: Rows of a page, and of a file.
_SHOWN, _KEPT = 500, 100_000
_NOTHING = {"query": "", "as_of": "", "name": "", "seen": ""}
#: Queries at once; each may take the memory that `query_memory_mb` says.
_SLOTS = Slots(3, patience=5.0)


def ask(request: Request) -> Response:
    """The empty form, or one with the query of an address or of a file, which is not run: a link runs nothing."""
    given = {name: request.query_params.get(name, "") for name in ("query", "as_of", "name", "seen")}
    with request.app.state.desk.look() as look:
        if name := request.query_params.get("saved"):
            found = saved(look.project.path, name)
            given |= {"query": found.text, "name": found.name, "seen": found.version}
        return _page(request, look, given)


async def keep(request: Request) -> Response:
    """Write the query of the form into the project, as a file of the name that it says."""
    return await run_in_threadpool(_kept, request, _NOTHING | await _form(request))


def _kept(request: Request, given: dict[str, str]) -> Response:
    with request.app.state.desk.look() as look:
        try:
            found = save(look.project.path, given["name"].strip(), given["query"], given["seen"])
        except UsageError as error:
            return _page(request, look, given, 400, error=error)
    return RedirectResponse(f"/sql?saved={found.name}", 303)


async def _form(request: Request) -> dict[str, str]:
    """The fields of the page's form."""
    given = await form(request)
    return {name: given[name].replace("\r\n", "\n") for name in given}  # forms end lines so


async def answer(request: Request) -> Response:
    """Run the query of the form: a page, or a file. It is stopped when nobody waits for it any more."""
    given = _NOTHING | await _form(request)
    run = _answered if request.url.path == "/sql" else _file
    stop = Event()
    watching = asyncio.create_task(_watch(request, stop))
    try:
        return await run_in_threadpool(run, request, given, stop)
    finally:
        watching.cancel()


async def _watch(request: Request, stop: Event) -> None:
    """Say stop when the browser has gone: by its button, or to another page."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    stop.set()


def _answered(request: Request, given: dict[str, str], stop: Event) -> Response:
    began = time.monotonic()
    with request.app.state.desk.look() as look:
        try:
            with _SLOTS.taken(stop):
                table, more = fetched(look, given["query"], _SHOWN, _moment(look, given), replace(SHORT, stop=stop))
        except MarketPulseError as error:
            return _page(request, look, given, 400, error=error)
        found = laid_out(table, more)
        return _page(request, look, given, found=found, note=note_of(table.schema), seconds=time.monotonic() - began)


def _file(request: Request, given: dict[str, str], stop: Event) -> Response:
    with request.app.state.desk.look() as look:
        try:
            with _SLOTS.taken(stop):
                table, more = fetched(look, given["query"], _KEPT, _moment(look, given), Given(stop=stop))
        except MarketPulseError as error:
            return _page(request, look, given, 400, error=error)
        if more:
            told = f"more than {_KEPT:,} rows, or too large, for a file"
            large = LimitError(told, hint="ask for less, or marketpulse query --output")
            return _page(request, look, given, 400, error=large)
    write = as_excel if request.url.path.endswith(".xlsx") else as_csv
    return write(table.column_names, zip(*map(values, table.columns), strict=True), "query")


def _page(request: Request, look: Look, given: dict[str, str], code: int = 200, **told: Any) -> Response:
    around: dict[str, Any] = {"error": None, "found": None, "note": None, "seconds": 0.0}
    limits = look.context.settings
    around |= {"most": _SHOWN, "limit": limits.query_seconds, "given": given, "names": look.context.lake.names()}
    around |= {"saved": saved_names(look.project.path), "keeps": is_own(look.project.path)}
    return page(request, "query.html", code, title="SQL", **(around | told))


def _moment(look: Look, given: dict[str, str]) -> Moment:
    return replace(look.moment, as_of=given["as_of"].strip() or None)
