"""What may be done with rows that were kept out: the calls of the command line, in a context of their own.

wanted (which rows, what) -> preview: how many they are, what would become of them -> done, as it was previewed
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starlette.datastructures import QueryParams

from marketpulse.console.seals import Seals
from marketpulse.errors import MarketPulseError, UsageError
from marketpulse.project.kept import KeptProject
from marketpulse.run.context import Context, open_context
from marketpulse.run.opening import reading, refuse_no_warehouse
from marketpulse.serving.desk import Desk, Look
from marketpulse.serving.rejected import export
from marketpulse.serving.slots import Slots
from marketpulse.silver import fixing, quarantine
from marketpulse.silver.chosen import Chosen
from marketpulse.silver.fixing import Fixed
from marketpulse.silver.quarantine import Filter
from marketpulse.silver.replay import Replayed, rehearse, replay

#: What can be done, and the status of rows that it can be done with.
ACTIONS = {"replay": "open", "fix": "open", "discard": "open", "reopen": "discarded"}
#: Rows that a page gives to be corrected; more are a file's.
MOST_FIXED = 200
#: Seconds that somebody waits at a page for a run that holds the tables.
_PATIENCE = 10


@dataclass(frozen=True)
class Wanted:
    """An action, the rows it is meant for, and of a correction the rows as they are to be.

    `project` names the definitions that a replay was shown with.
    """

    action: str
    where: Filter
    text: str = ""
    project: str = ""

    @classmethod
    def of(cls, given: QueryParams) -> Wanted:
        """What a form asks for. Raise UsageError for what cannot be done."""
        action = given.get("action", "")
        if action not in ACTIONS:
            raise UsageError(f"there is nothing called {action[:40]!r} to do", hint="one of " + ", ".join(ACTIONS))
        ids = given.getlist("id")
        if "chosen" in given and not ids:
            raise UsageError("no row is chosen", hint="go back and tick some, or act on all of them above")
        table, source, rule, run = (given.get(name) or None for name in ("table", "source", "rule", "run"))
        where = replace(Filter.of(table, source, rule, ACTIONS[action], ids), run=run)
        text = given.get("text", "").replace("\r\n", "\n")  # forms end lines so
        return cls(action, where, text, given.get("project", ""))

    def shown(self, seen: Chosen) -> list[str]:
        """All that somebody says yes to."""
        where = self.where
        told = [self.action, where.table, where.source, where.rule, where.run, *where.ids, self.project, str(seen)]
        return [*(each or "" for each in told), hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()]


@dataclass(frozen=True)
class Preview:
    """Which rows it is meant for, what a replay would bring (`tried`), what a correction would land (`fixed`)."""

    seen: Chosen
    tried: list[Replayed] = field(default_factory=list)
    fixed: Fixed | None = None
    project: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was done, by which run; as of a preview."""

    wanted: Wanted
    rows: int
    run: str
    tried: list[Replayed] = field(default_factory=list)
    fixed: Fixed | None = None


class Acting:
    """The actions of one console, one at a time. The project is as its files are now, not as when the console began."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._project = KeptProject(desk.settings.project)
        self._slots = Slots(1, patience=_PATIENCE)
        self.seals: Seals[Outcome] = Seals()

    @property
    def may(self) -> bool:
        """Whether who looks may act."""
        return self._desk.settings.may_act

    def preview(self, wanted: Wanted) -> Preview:
        """What would be done; nothing is. Raise UsageError for what cannot be, DefinitionError for a broken project."""
        name, project = self._project.named() if wanted.action == "replay" else ("", None)
        with self._slots.taken(), reading(self._desk.settings, read=lambda: project or self._project()) as context:
            if wanted.action == "fix" and wanted.text:
                fixed = fixing.rehearse(context, wanted.text)
                return Preview(Chosen(fixed.rows), fixed=fixed)  # which: the text has their ids, and each must be open
            seen = quarantine.choose(context, wanted.where)
            tried = rehearse(context, wanted.where, seen) if wanted.action == "replay" and seen.rows else []
        return Preview(seen, tried, project=name)

    def to_correct(self, look: Look, wanted: Wanted) -> tuple[str, str]:
        """The rows as a text to be corrected and what is to be said about it; no text for who may not see them."""
        try:
            with look.busy:
                found = export(look.context, wanted.where, MOST_FIXED)
        except MarketPulseError as error:
            return "", ": ".join(filter(None, (error.message, error.hint)))
        return found.text, found.told

    def done(self, wanted: Wanted, seen: Chosen) -> Outcome:
        """Do it to the rows that were seen. Raise UsageError where they are others, HeldError while a run has them."""
        with self._slots.taken(), self._writing(wanted.project) as context:
            if wanted.action == "replay":
                tried = replay(context, wanted.where, seen)
                return Outcome(wanted, sum(each.passed for each in tried), context.run_id, tried=tried)
            if wanted.action == "fix":
                fixed = fixing.fix(context, wanted.text)
                return Outcome(wanted, fixed.closed, context.run_id, fixed=fixed)
            turn = quarantine.discard if wanted.action == "discard" else quarantine.reopen
            return Outcome(wanted, turn(context, wanted.where, seen), context.run_id)

    @contextmanager
    def _writing(self, shown: str) -> Iterator[Context]:
        settings = self._desk.settings
        refuse_no_warehouse(settings)  # one that went meanwhile, as with its disk, is not begun anew
        name, project = self._project.named()
        if shown not in ("", name):
            what = "the project has changed since this was shown: nothing was changed"
            raise UsageError(what, hint="look at it again: something else may become of the rows")
        patient = replace(settings, wait_seconds=min(settings.wait_seconds, _PATIENCE))
        try:
            with open_context(patient, project) as context:
                yield context
        finally:
            self._desk.renew()
