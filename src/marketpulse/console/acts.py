"""To act on rows that were kept out: a page that says what would be done, one that does it, one that says what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import escape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketpulse.console.acting import Acting, Preview, Wanted
from marketpulse.console.files import as_kept
from marketpulse.console.forms import form
from marketpulse.console.page import page
from marketpulse.errors import HeldError, UsageError
from marketpulse.people.audit import because
from marketpulse.silver.chosen import Chosen
from marketpulse.units import plural

#: Bytes of a form with corrected rows.
_MOST = 5_000_000
_ROLE = "marketpulse console --role operator may replay and discard, --role steward sees the records, too"


async def ask(request: Request) -> Response:
    """What would be done, to how many rows; only the form of this page does it."""
    return await run_in_threadpool(_asked, request, await form(request, _MOST))


async def act(request: Request) -> Response:
    """Do what a page has shown; what came of it has an address of its own, also for who presses twice."""
    given = await form(request, _MOST)
    with because(given.get("why", "")):
        return await run_in_threadpool(_acted, request, given)


def show(request: Request) -> Response:
    """What came of it. Raise UsageError where nothing did."""
    outcome = _acting(request).seals.found(request.path_params["word"])
    if outcome is None:
        what = "nothing is known of this: it is at work still, was long ago, or this console has begun anew since"
        raise UsageError(what, hint="marketpulse audit has all that was done")
    return page(request, "done.html", title="Done", outcome=outcome)


def _acting(request: Request) -> Acting:
    found: Acting = request.app.state.acting
    return found


def _refusal(request: Request) -> Response | None:
    if _acting(request).may:
        return None
    told = UsageError("an analyst's console changes nothing", hint=_ROLE)
    return page(request, "wrong.html", 403, title="Not yours to do", errors=[told])


def _asked(request: Request, given: QueryParams) -> Response:
    if refused := _refusal(request):
        return refused
    wanted = Wanted.of(given)
    if wanted.action == "fix" and not wanted.text:
        return _to_correct(request, wanted, as_file="file" in given)
    try:
        found = _acting(request).preview(wanted)
    except UsageError as error:
        if wanted.action != "fix":
            raise
        return _form(request, wanted, wanted.text, error=error)
    wanted = replace(wanted, project=found.project)
    word, seal = _acting(request).seals.seal(wanted.shown(found.seen))
    shown: dict[str, Any] = {"wanted": wanted, "found": found, "word": word, "seal": seal}
    return page(request, "act.html", title=_title(wanted, found), text=escape(wanted.text), **shown)


def _to_correct(request: Request, wanted: Wanted, as_file: bool) -> Response:
    """The rows in a form, or as a file to be edited elsewhere."""
    with request.app.state.desk.look() as look:
        text, told = _acting(request).to_correct(look, wanted)
    if as_file and text:
        return as_kept(text, "rows.csv")
    return _form(request, wanted, text, told)


def _form(request: Request, wanted: Wanted, text: str, told: str = "", error: UsageError | None = None) -> Response:
    """The rows as a text to be corrected: each character as it is, since it comes back."""
    given: dict[str, Any] = {"wanted": wanted, "text": escape(text), "told": told, "error": error}
    return page(request, "correct.html", 400 if error else 200, title="Correct rows", **given)


def _title(wanted: Wanted, found: Preview) -> str:
    rows = plural(found.seen.rows, "row")
    return {
        "replay": f"Try {rows} again?", "discard": f"Discard {rows}?",
        "reopen": f"Open {rows} again?", "fix": f"Land {rows} corrected?",
    }[wanted.action]  # fmt: skip


def _acted(request: Request, given: QueryParams) -> Response:
    if refused := _refusal(request):
        return refused
    acting, wanted, word = _acting(request), Wanted.of(given), given.get("word", "")
    seen = Chosen.read(given.get("seen", ""))
    if seen is None or not acting.seals.holds(word, given.get("seal", ""), wanted.shown(seen)):
        raise UsageError("this was not asked by a page of this console", hint="begin at the page Quarantine")
    if acting.seals.take(word):
        try:
            acting.seals.keep(word, acting.done(wanted, seen))
        except HeldError as error:
            acting.seals.free(word)
            hint = "go back and say it once more when that is over"
            raise UsageError(error.message, hint=hint) from None
        except Exception:  # a disk that is full, too: it can be said once more, of rows that are still the same
            acting.seals.free(word)
            raise
    return RedirectResponse(f"/quarantine/done/{word}", 303)
