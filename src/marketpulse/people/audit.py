"""The audit trail: who erased, exported, replayed, corrected, discarded or took back what, when, why; it names nobody.

One small file an entry beside the list of erased people (`<erasures>/audit/`): written once, in a folder or a store.
"""

from __future__ import annotations

import getpass
import json
import platform
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from marketpulse.lake.durable import write_whole
from marketpulse.run.context import Context
from marketpulse.storage import places

_LONGEST = 300
#: Why something is done, as whoever asked for it says.
_WHY: ContextVar[str] = ContextVar("why", default="")


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did. `people` are keyed hashes, `what` numbers and names of tables."""

    at: str
    action: str
    by: str
    host: str
    reason: str = ""
    people: tuple[str, ...] = ()
    what: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """What is noted meanwhile without a reason of its own was done for this one: a line of 300 letters at most."""
    said = _WHY.set(" ".join(reason.split())[:_LONGEST])
    try:
        yield
    finally:
        _WHY.reset(said)


def note(context: Context, action: str, reason: str = "", people: tuple[str, ...] = (), **what: Any) -> None:
    """Write down that something was done; where there is no place for it, as for a store that has none, nothing."""
    place = context.settings.erasures_place
    if not place:
        return
    now = datetime.now(UTC)
    entry = Entry(
        now.strftime("%Y-%m-%d %H:%M:%S"), action, _user(), platform.node(), reason or _WHY.get(), people, what
    )
    name = f"{now:%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}.json"
    write_whole(f"{place}/audit/{name}", json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def redact(context: Context, clean: Callable[[str], str]) -> None:
    """Write the reasons anew, each as `clean` makes it; where that changes one, a store forgets what was."""
    folder = f"{context.settings.erasures_place}/audit"
    told = {path: json.loads(places.read_text(path)) for path in _files(context)}
    new = {path: {**said, "reason": clean(said.get("reason", ""))} for path, said in told.items()}
    changed = [path for path in told if new[path] != told[path]]
    for path in changed:
        write_whole(path, json.dumps(new[path], ensure_ascii=False) + "\n")
    if changed:
        places.forget_versions(f"{folder}/")


def trail(context: Context) -> list[Entry]:
    """All entries, oldest first."""
    return [_entry(json.loads(places.read_text(path))) for path in _files(context)]


def _files(context: Context) -> list[str]:
    folder = f"{context.settings.erasures_place}/audit"
    if not context.settings.erasures_place or not places.exists(folder):
        return []
    found = [file.path for file in places.find(folder)]
    return sorted(path for path in found if path.endswith(".json") and "/." not in path[len(folder) :])


def _entry(said: dict[str, Any]) -> Entry:
    return Entry(**{**said, "people": tuple(said.get("people", ()))})


def _user() -> str:
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return ""
