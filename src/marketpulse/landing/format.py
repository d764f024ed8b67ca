"""The seam between a landed file and bronze: what a format says of itself.

A format is one file of `formats/`: its options, how it reads, which columns it gives.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from marketpulse.landing.kinds import FIRST, refuse_others
from marketpulse.landing.limits import Limits
from marketpulse.landing.messages import Messages
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted
from marketpulse.sql.written import Written
from marketpulse.strict import Strict


class Format(Strict, ABC):
    """How the files of a feed are read. The fields are what `sources/<feed>.yaml` may say under the format's name.

    Its name is that of its module in `formats/`.
    """

    #: Columns of bronze that every file gives; none where each file names its own.
    columns_given: ClassVar[tuple[str, ...]] = ()
    #: Columns that are null or valid JSON.
    json_columns: ClassVar[tuple[str, ...]] = ()
    #: True when the reader gives texts that may be no records: the engine checks them (`Engine.records`).
    checked: ClassVar[bool] = False

    #: What its files are called.
    title: ClassVar[str]
    #: Kinds of files (`kind_of`) that they are.
    file_kinds: ClassVar[frozenset[str]] = frozenset()

    def read(self, data: OpenedFile, wanted: Wanted) -> Records:
        """Records of one file. Raise GateError when it is of another kind, or unusable as a whole."""
        first = _first(data)
        refuse_others(first, self.title, self.may_be(first), data.is_packed, data.file.name)
        return self.open(data, wanted)

    @abstractmethod
    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """Records of one file of its kind. Raise GateError when the file as a whole is unusable."""

    def may_be(self, first: bytes) -> Collection[str]:  # noqa: ARG002 - of most it is always the same
        """Kinds that a file that begins so may be, or look like."""
        return self.file_kinds

    def known_columns(self) -> tuple[str, ...]:
        """Columns that are known before a file was read."""
        return self.columns_given

    def every_column(self) -> tuple[str, ...] | None:
        """All columns that records may have; None where each file names its own."""
        return self.columns_given or None

    @property
    def spells(self) -> bool:
        """Whether files have values that are not written as SQL writes them."""
        return False

    def written(self, uses: Mapping[str, set[str]]) -> Mapping[str, Written]:  # noqa: ARG002 - most write as SQL does
        """How columns are written that are not as SQL writes them; `uses` says what is made of columns."""
        return {}

    @property
    def takes_messages(self) -> bool:
        """Whether messages of a stream may be records of it (`of_messages`)."""
        return False

    def of_messages(self, messages: Messages, limits: Limits) -> Records:
        """Records of messages of a stream, with their places. Raise NotImplementedError where none come so."""
        raise NotImplementedError

    def by_hand(self, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes | None:  # noqa: ARG002
        """A file that holds these records as they landed once; None where a person cannot write one."""
        return None

    def called(self) -> Iterator[tuple[str, str]]:
        """Columns that are called otherwise than in the files, with what they are called there first."""
        yield from ()

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """What no option can say alone: (option, what is wrong, what to do)."""
        yield from ()


def _first(data: OpenedFile) -> bytes:
    """As many of the first bytes, unpacked, as say what a file is."""
    found = b""
    for piece in data.pieces():
        found += piece[:FIRST]
        if len(found) >= FIRST:
            break
    return found[:FIRST]
