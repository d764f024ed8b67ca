"""Every error a person can meet.

MarketPulseError          what is wrong, where, what to do
├── UsageError            the command line or a setting        exit 2
├── DefinitionError       a YAML or SQL file of the project    exit 2
├── StorageError          the warehouse, the disk, the catalog exit 2
│   └── LostFileError     … a file that a table needs is not there
│       └── DamagedFileError … or is not what was written
├── EngineError           a query that the engine cannot run   exit 2
│   ├── QueryError        … for what it says, whatever the data
│   ├── ValueStopsError   … for one value of the data
│   └── LimitError        … within the time, memory, disk or rows that it may have
├── MissingEngineError    an engine that is not installed      exit 2
├── ConcurrentError       another run was faster               exit 1
│   └── HeldError         … or still holds what this one needs
├── GateError             the data failed a gate               exit 1
└── FailedRunError        a run, as Python is told (run.report) exit 1 or 2
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where something stands in a file; line and column count from 1, None where they are not known."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """`path:line:column`, as far as it is known."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    @property
    def of_line(self) -> str:
        """`path:line`."""
        return str(Place(self.path, self.line))


class MarketPulseError(Exception):
    """What is wrong, where it is, and what to do next.

    `where` is a place a person can open (`path/to/file.yaml:12`), `hint` the next step.
    `exit_code` is what the command line ends with. `each` are all errors that are told with this one, itself first.
    `sqlstate` is what databases call it (SQL:2023, Postgres's appendix A), for tools that ask by SQL.
    """

    exit_code = 2
    sqlstate = "XX000"

    def __init__(
        self, message: str, *, where: str | Path | None = None, hint: str | None = None, sqlstate: str | None = None
    ) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate or self.sqlstate
        self.message = message
        self.where = str(where) if where is not None else None
        self.hint = hint

    @property
    def each(self) -> tuple[MarketPulseError, ...]:
        """The error itself, then those that were found with it."""
        return (self,)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


class UsageError(MarketPulseError):
    """A wrong argument, setting or name."""

    sqlstate = "42000"


class DefinitionError(MarketPulseError):
    """A file of the project folder says something that cannot be.

    `place` is `where` with the column, `about` the rule, column or input that is meant (`rule qty_not_zero`).
    """

    def __init__(
        self,
        message: str,
        *,
        where: str | Path | Place | None = None,
        hint: str | None = None,
        about: str | None = None,
    ) -> None:
        place = where if isinstance(where, Place) or where is None else Place(str(where))
        super().__init__(message, where=place.of_line if place else None, hint=hint)
        self.place = place
        self.about = about
        self._also: tuple[DefinitionError, ...] = ()

    @property
    def each(self) -> tuple[DefinitionError, ...]:
        """The error itself, then those that were found with it."""
        return (self, *self._also)

    def of(self, about: str) -> DefinitionError:
        """The same error, `about` something; errors that were found with it are not."""
        return DefinitionError(self.message, where=self.place, hint=self.hint, about=about)

    @classmethod
    def together(cls, errors: Sequence[DefinitionError]) -> DefinitionError:
        """The first of some errors (at least one), which tells of the others too: raise it once all are found.

        What two checks found alike is told once.
        """
        found = {(each.place, each.about, str(each)): each for error in errors for each in error.each}
        first, *others = found.values()
        first._also = tuple(others)
        return first


class Problems:
    """Errors of definitions as they are found: what is wrong with one thing does not hide the next."""

    def __init__(self, errors: Iterable[DefinitionError] = ()) -> None:
        self.errors = list(errors)

    def add(self, errors: Iterable[DefinitionError]) -> None:
        """Keep errors, and those that are told with them."""
        self.errors += [each for error in errors for each in error.each]

    @contextmanager
    def told(self) -> Iterator[None]:
        """Keep the error of this block; what comes after the block is done all the same."""
        try:
            yield
        except DefinitionError as error:
            self.add([error])

    def stop(self) -> None:
        """Raise all errors together, if there are any."""
        if self.errors:
            raise DefinitionError.together(self.errors)


class StorageError(MarketPulseError):
    """The warehouse cannot be read or written."""

    sqlstate = "58030"


class LostFileError(StorageError):
    """A file that a table needs, of its data or its metadata, is not there: what does not need it goes on."""


class DamagedFileError(LostFileError):
    """A file of a table holds other bytes than were written: what does not need it goes on."""


class EngineError(MarketPulseError):
    """The engine could not run a query: an overflow, a cast that fails, too little memory."""


class QueryError(EngineError):
    """The engine refuses a query for what it says, whatever the data."""


class ValueStopsError(EngineError):
    """There is a value with which a query cannot be computed: an overflow, a text that is no date."""


class LimitError(EngineError):
    """A query takes more than it may: time, memory, disk or rows."""

    sqlstate = "53000"


class MissingEngineError(MarketPulseError):
    """An engine was asked for that is not installed."""


class ConcurrentError(MarketPulseError):
    """Another process changed the table first; nothing was written."""

    exit_code = 1


class HeldError(ConcurrentError):
    """Another process holds the lock of a table, and did not give it up in time."""


class GateError(MarketPulseError):
    """The data failed a gate; the table keeps its last good snapshot."""

    exit_code = 1
