"""Handles of what an engine can read: each name is given once, so no step reads what another left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """Something that later queries of the same engine may read: `f"select … from {view}"`."""

    name: str

    def __str__(self) -> str:
        """The name as SQL; it needs no quotes."""
        return self.name


class Views:
    """Views of one engine: new names, and which go at the end of a scope."""

    def __init__(self) -> None:
        self._given = 0
        self._open: list[list[View]] = [[]]

    def new(self, label: str) -> View:
        """A view that nobody else has; `label` (letters, digits, _) is for whoever reads the SQL."""
        self._given += 1
        view = View(f"v{self._given}_{label}")
        self._open[-1].append(view)
        return view

    @contextmanager
    def outermost(self) -> Iterator[None]:
        """Views made inside stay until the engine is closed."""
        self._open.append(self._open[0])
        try:
            yield
        finally:
            self._open.pop()

    @contextmanager
    def scope(self, drop: Callable[[View], None]) -> Iterator[None]:
        """Views made inside are dropped at the end, the newest first: an older one may be part of it."""
        self._open.append([])
        try:
            yield
        finally:
            for view in reversed(self._open.pop()):
                drop(view)
