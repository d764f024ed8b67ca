"""What was worked out of a query is remembered: a process that runs again and again asks the same each time."""

from __future__ import annotations

from typing import Generic, TypeVar

from sqlglot import exp

#: Answers that each question remembers, those used last: some more than a large project has queries and rules.
MOST = 1_000
_Query = TypeVar("_Query", bound=exp.Expr | str)


class Same(Generic[_Query]):
    """A query that is the same only as itself, or as the same text: to compare trees takes as long as to write them."""

    def __init__(self, query: _Query) -> None:
        self.query = query

    def __hash__(self) -> int:
        return hash(self.query) if isinstance(self.query, str) else id(self.query)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Same):
            return NotImplemented
        return self.query is other.query or (isinstance(self.query, str) and self.query == other.query)
