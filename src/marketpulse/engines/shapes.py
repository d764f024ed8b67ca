"""Types of the columns of a query, known without asking the engine when it was asked the same before.

They follow from the text of the query and from the types of the views that it reads. Views are called otherwise in each
run: what stands for one is a digest of what it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from uuid import uuid4

from marketpulse.engines.views import View

_NAME = re.compile(r"\bv\d+_\w+")
#: Queries that a process remembers.
_MOST = 1_000
_KNOWN: dict[str, dict[str, str]] = {}


class Shapes:
    """What the views of one session are, as far as the types of their columns depend on it."""

    def __init__(self) -> None:
        self._digests: dict[str, str] = {}

    def note(self, view: View, query: str) -> View:
        """The view is what the query says; two views with the same text have the same types."""
        self._digests[view.name] = self._digest(query)
        return view

    def forget(self, view: View) -> None:
        """The view is gone."""
        self._digests.pop(view.name, None)

    def kinds(self, query: str, ask: Callable[[], dict[str, str]]) -> dict[str, str]:
        """Types of the columns of a query; `ask` is called when they are not known."""
        digest = self._digest(query)
        if digest not in _KNOWN:
            if len(_KNOWN) >= _MOST:
                _KNOWN.clear()
            _KNOWN[digest] = ask()
        return _KNOWN[digest]

    def _digest(self, query: str) -> str:
        # A view that nobody noted is like no other: what was received may be anything.
        text = _NAME.sub(lambda found: self._digests.get(found[0]) or uuid4().hex, query)
        return hashlib.sha256(text.encode()).hexdigest()
