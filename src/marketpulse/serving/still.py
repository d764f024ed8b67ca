"""A lake as it was when it was first looked at: what many questions of one state ask again and again is read once."""

from __future__ import annotations

from marketpulse.lake.lake import Lake
from marketpulse.lake.table import LakeTable


class Still(Lake):
    """Each table as it was when it was first asked for."""

    _found: dict[str, LakeTable | None] | None = None
    _known: list[str] | None = None

    def find(self, name: str) -> LakeTable | None:
        """See `Lake`."""
        if self._found is None:
            self._found = {}
        if name not in self._found:
            self._found[name] = super().find(name)
        return self._found[name]

    def names(self) -> list[str]:
        """See `Lake`."""
        if self._known is None:
            self._known = super().names()
        return self._known
