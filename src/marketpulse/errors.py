"""Every error a person can meet.

MarketPulseError          what is wrong, where, what to do
├── UsageError            the command line or a setting        exit 2
├── DefinitionError       a YAML or SQL file of the project    exit 2
├── StorageError          the warehouse, the disk, the catalog exit 2
├── EngineError           a query that the engine cannot run   exit 2
├── MissingEngineError    an engine that is not installed      exit 2
├── ConcurrentError       another run was faster               exit 1
└── GateError             the data failed a gate               exit 1
"""

from __future__ import annotations

from pathlib import Path


class MarketPulseError(Exception):
    """What is wrong, where it is, and what to do next.

    `where` is a place a person can open (`path/to/file.yaml:12`), `hint` the next step.
    `exit_code` is what the command line ends with.
    """

    exit_code = 2

    def __init__(self, message: str, *, where: str | Path | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = str(where) if where is not None else None
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


class UsageError(MarketPulseError):
    """A wrong argument, setting or name."""


class DefinitionError(MarketPulseError):
    """A file of the project folder says something that cannot be."""


class StorageError(MarketPulseError):
    """The warehouse cannot be read or written."""


class EngineError(MarketPulseError):
    """The engine could not run a query: an overflow, a cast that fails, too little memory."""


class MissingEngineError(MarketPulseError):
    """An engine was asked for that is not installed."""


class ConcurrentError(MarketPulseError):
    """Another process changed the table first; nothing was written."""

    exit_code = 1


class GateError(MarketPulseError):
    """The data failed a gate; the table keeps its last good snapshot."""

    exit_code = 1
