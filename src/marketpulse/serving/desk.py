"""The warehouse as pages see it: one state at a time, looked at again when a run has ended or a minute has passed.

What was answered of a state is kept with it: a question has one answer as long as its rows do not change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeVar, cast

from marketpulse.lake.catalogfile import catalog_file, entries
from marketpulse.metrics.question import Question
from marketpulse.names import FLOW_RUNS
from marketpulse.project.project import Project
from marketpulse.run.context import Context, open_context
from marketpulse.serving.metrics import Answer, ask
from marketpulse.serving.query import Moment
from marketpulse.serving.still import Still
from marketpulse.settings import Settings

#: Seconds after which tables are looked at anew while runs or maintenance commit to them.
_OLD = 60.0
#: Answers that are kept of one state.
_MOST = 2_000
_Result = TypeVar("_Result")


@dataclass
class Look:
    """One state of the warehouse, and what was found out about it. `busy` is held by who uses the shared engine."""

    context: Context
    moment: Moment
    catalog: Path | None
    version: tuple[Any, ...] = ()
    at: datetime = field(default_factory=lambda: datetime.now(UTC).replace(tzinfo=None))
    busy: RLock = field(default_factory=RLock)
    _kept: dict[Hashable, Future[Any]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _began: float = field(default_factory=time.monotonic)
    _closing: ExitStack = field(default_factory=ExitStack)
    users: int = 0

    @property
    def project(self) -> Project:
        """The definitions."""
        return self.context.project

    @property
    def age(self) -> float:
        """Seconds since it was taken."""
        return time.monotonic() - self._began

    def ask(self, question: Question) -> Answer:
        """The answer of `serving.metrics`. Raise UsageError for what cannot be asked."""
        return self.once(("ask", question), lambda: ask(self.context, question, self.moment))

    def once(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """What `make` gives, made once a state; who asks meanwhile waits for it. What it raises is not kept."""
        with self._lock:
            if len(self._kept) >= _MOST:
                self._kept = {each: found for each, found in self._kept.items() if not found.done()}
            made, mine = self._kept.get(key), Future[_Result]()
            self._kept.setdefault(key, mine)
        return cast("_Result", made.result()) if made else self._made(key, mine, make)

    def _made(self, key: Hashable, mine: Future[_Result], make: Callable[[], _Result]) -> _Result:
        try:
            mine.set_result(make())
        except BaseException as error:
            del self._kept[key]
            mine.set_exception(error)
            raise
        return mine.result()

    def close(self) -> None:
        """Give back what it holds."""
        self._closing.close()


class Desk:
    """Gives the newest look to whoever asks; an old one goes when nobody uses it any more."""

    def __init__(self, settings: Settings, project: Project) -> None:
        self.settings, self.masked = settings, settings.is_masked
        self._project = project
        self._lock = Lock()
        self._look: Look | None = None

    @contextmanager
    def look(self) -> Iterator[Look]:
        """The warehouse as it is now."""
        with self._lock:
            look = self._newest()
            look.users += 1
        try:
            yield look
        finally:
            with self._lock:
                look.users -= 1
                if look is not self._look and not look.users:
                    look.close()

    def renew(self) -> None:
        """Let the next look see what was committed up to now, without waiting for it."""
        self.close()

    def close(self) -> None:
        """Give back what is held open; who still looks does so when he is done."""
        with self._lock:
            look, self._look = self._look, None
            if look and not look.users:
                look.close()

    def _newest(self) -> Look:
        if self._look and self._is_over(self._look):
            old, self._look = self._look, None
            if not old.users:
                old.close()
        if self._look is None:
            self._look = self._opened()
        return self._look

    def _is_over(self, look: Look) -> bool:
        """Whether a run has ended since, or anything has changed some time ago."""
        found = self._fingerprint(look)
        return found != look.version and (look.age > _OLD or found[0] != look.version[0])

    def _opened(self) -> Look:
        closing = ExitStack()
        context = closing.enter_context(open_context(self.settings, self._project, reads=True))
        settings = context.settings
        context.lake.close()
        context.lake = Still(settings.layout, settings.catalog_properties())
        file = catalog_file(settings.layout.warehouse, settings.catalog_properties())
        look = Look(context, Moment(None), file, _closing=closing)
        look.version = self._fingerprint(look)  # before anything is read
        look.moment = Moment.now(look.context)
        return look

    def _fingerprint(self, look: Look) -> tuple[Any, ...]:
        """The ledger's state, which a run changes at its end, and where that is quickly told each table's."""
        if look.catalog:
            tables, short = entries(look.catalog), FLOW_RUNS.partition(".")[2]
            ledgers = (each for each in tables if short in each.metadata)  # every question asks, and paths are dear
            found = next((each.metadata for each in ledgers if each.place == FLOW_RUNS), None)
            return found, frozenset(each.metadata for each in tables)
        settings = look.context.settings
        with_ledger = Still(settings.layout, settings.catalog_properties())
        try:
            ledger = with_ledger.find(FLOW_RUNS)
        finally:
            with_ledger.close()
        return (ledger.snapshot_id if ledger else None), look.age // _OLD
