"""What a process that runs again and again keeps from one run to the next, instead of finding it out anew.

Nothing in it counts that cannot be found out anew: it may be lost at any time, and a run by itself begins without.
"""

from __future__ import annotations

from typing import TypeVar

_Thing = TypeVar("_Thing")


class Retained:
    """Things by their kind and name. Who takes one puts it back in the end: of a step that failed nothing is retained.

    With `whole` a run looks at everything there is, also at what looks as it was.
    """

    def __init__(self) -> None:
        self.whole = True
        self._things: dict[tuple[type, str], object] = {}

    def take(self, kind: type[_Thing], name: str) -> _Thing | None:
        """What was put under a name, which is nobody else's from now on."""
        found = self._things.pop((kind, name), None)
        return found if isinstance(found, kind) else None

    def put(self, name: str, thing: object) -> None:
        """Keep a thing for the next one who asks for its kind and name."""
        self._things[type(thing), name] = thing
