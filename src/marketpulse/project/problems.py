"""What is wrong with a project, by the feed or table that it keeps from being built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager

from marketpulse.errors import DefinitionError, Problems


class ByName:
    """Problems by `bronze.<feed>`, `<layer>.<table>`, or any other name of what cannot be used."""

    def __init__(self) -> None:
        self._found: dict[str, Problems] = {}

    def told(self, name: str) -> AbstractContextManager[None]:
        """Keep the error of a block as one of `name`."""
        return self._of(name).told()

    def add(self, name: str, errors: Iterable[DefinitionError]) -> None:
        """Keep errors of `name`."""
        self._of(name).add(errors)

    def __contains__(self, name: str) -> bool:
        return name in self._found and bool(self._found[name].errors)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._found if name in self)

    def found(self) -> Mapping[str, tuple[DefinitionError, ...]]:
        """All of them, as they were found."""
        return {name: tuple(self._found[name].errors) for name in sorted(self)}

    def _of(self, name: str) -> Problems:
        return self._found.setdefault(name, Problems())


def in_order(errors: Iterable[DefinitionError]) -> list[DefinitionError]:
    """Errors by file, line and column."""

    def place(error: DefinitionError) -> tuple[str, int, int]:
        found = error.place
        return (found.path, found.line or 0, found.column or 0) if found else ("", 0, 0)

    return sorted(errors, key=place)
