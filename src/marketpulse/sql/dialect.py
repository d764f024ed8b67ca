"""What engines spell differently: everything the platform says in SQL is the same but for these phrases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from sqlglot import exp


class Dialect(ABC):
    """The SQL of one engine. One instance a dialect; engines hand it out, nobody compares its name."""

    #: What people call it (`marketpulse sql --engine …`).
    label: ClassVar[str]
    #: Around a name.
    mark: ClassVar[str]
    #: Contract types that this engine calls otherwise.
    other_types: ClassVar[Mapping[str, str]] = {}
    #: True when one value that cannot be computed ends a query, False when it is null there.
    is_strict: ClassVar[bool] = True

    def name(self, identifier: str) -> str:
        """An identifier, whatever it is called."""
        return self.mark + identifier.replace(self.mark, self.mark * 2) + self.mark

    def names(self, identifiers: Iterable[str], of: str = "") -> str:
        """Identifiers with commas, each of the relation `of` where one is given."""
        prefix = f"{of}." if of else ""
        return ", ".join(prefix + self.name(identifier) for identifier in identifiers)

    def type(self, kind: str) -> str:
        """The engine's name of a contract's type."""
        return self.other_types.get(kind, kind)

    def null(self, kind: str) -> str:
        """A null of a contract's type."""
        return f"cast(null as {self.type(kind)})"

    @abstractmethod
    def text(self, value: str) -> str:
        """A text literal."""

    @abstractmethod
    def json_object(self, members: Mapping[str, str]) -> str:
        """A JSON object as text, from SQL of its members; nulls are kept."""

    @abstractmethod
    def key_hash(self, columns: Sequence[str]) -> str:
        """A number of 64 bits made of some columns: the same for equal values, rarely for others."""

    @abstractmethod
    def in_part(self, column: str, part: int, parts: int) -> str:
        """Condition of one of `parts` parts of a table; rows with one value of a column are in one part, null too."""

    @abstractmethod
    def replaced(self, value: str, pattern: str, by: str) -> str:
        r"""A text (SQL) with every match of a regular expression replaced; `\1` in `by` is its first group."""

    @abstractmethod
    def matches(self, value: str, pattern: str) -> str:
        """In the list of a select, a row for the first group of each match of a regular expression in a text (SQL)."""

    @abstractmethod
    def may_stop(self, tree: exp.Expr) -> bool:
        """Whether there may be values with which an expression cannot be computed (as an overflow)."""

    @abstractmethod
    def stops(self, condition: str) -> str:
        """Condition that a condition (SQL of the engine) cannot be computed with the values of a row."""

    @abstractmethod
    def tried(self, value: str) -> str:
        """A value (SQL of the engine), null where it cannot be computed."""

    @abstractmethod
    def typed(self, value: str, kind: str) -> str:
        """SQL that gives `value` (SQL of the engine, a text) as a contract's type, null when it does not fit whole.

        A number with more digits after the point than the type has is not rounded.
        """

    @abstractmethod
    def stop(self, message: str) -> str:
        """Expression that ends the query with a message, wherever it is computed."""

    @abstractmethod
    def write(self, tree: exp.Expr, *, pretty: bool = False) -> str:
        """Text of an authored tree, which may be changed. Raise DefinitionError for what has no equal."""
