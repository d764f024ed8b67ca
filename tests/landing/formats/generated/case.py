"""A file with what a reference reads of it: read, it is equal or a reason is told, and nothing of it is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from marketpulse.errors import GateError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.format import Format
from marketpulse.landing.limits import USUAL
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted

#: A record as the reference reads it; None for one that must be told as malformed.
Record = list[Any] | None
#: Whether a value that was read is what the reference reads.
Same = Callable[[str | None, Any], bool]
#: All records of a file: number, values or None, why it is malformed, its text.
Line = tuple[int, list[Any] | None, str | None, str | None]


def equal(found: str | None, wanted: Any) -> bool:
    """Texts are the same texts."""
    return bool(found == wanted)


class Harm(Enum):
    """What was done to a file."""

    NONE = "none"
    #: Its text ends anywhere: as many records as `whole` stand before that.
    SHORT = "short"
    #: What it was packed in, or its own form, ends anywhere, or a bit of what is packed is another: it is told.
    TORN = "torn"
    #: What stands around its records is not whole, so nobody can say of a record that it is one: it is told.
    OPEN = "open"


@dataclass(frozen=True)
class Case:
    """A file. `same` says whether a text is the value of the reference.

    `tokens` are texts each of which must stand in a record or in what is told, once: of a file of which nobody can say
    what its records are.
    """

    form: Format
    data: bytes
    records: list[Record] = field(default_factory=list)
    same: Same = equal
    harm: Harm = Harm.NONE
    whole: int = 0
    tokens: list[str] = field(default_factory=list)
    piece: int = 1 << 20

    def check(self, lines: Callable[[Records], list[Line]]) -> str:
        """Read the file; say what became of it: whole, told or blocked."""
        try:
            found = self._read(lines)
        except GateError as error:
            if self.harm is Harm.NONE or not error.message:
                raise
            return "blocked"
        numbers = [number for number, *_ in found]
        assert numbers == sorted(set(numbers)), "each record has a number of its own"
        assert all(reason for _, values, reason, _ in found if values is None)
        if self.tokens:
            self._check_tokens(found)
        elif self.harm is Harm.NONE:
            assert len(found) == len(self.records), (len(found), len(self.records), found[:9])
            assert self._alike(found) == len(found), (found[self._alike(found)], self.records[self._alike(found)])
        else:
            self._check_harmed(found)
        return "told" if any(values is None for _, values, *_ in found) else "whole"

    def _read(self, lines: Callable[[Records], list[Line]]) -> list[Line]:
        raw = io.BytesIO(self.data) if self.data.startswith(PACKED) else Dripping(self.data, self.piece)
        with closing(OpenedFile(LandedFile("a", "a", len(self.data), 0), raw, USUAL)) as whole:  # type: ignore[arg-type]
            return self._lines(self.form.read(whole.members[0] if whole.members else whole, Wanted()), lines)

    def _lines(self, records: Records, lines: Callable[[Records], list[Line]]) -> list[Line]:
        try:
            found = lines(records)
        except Exception:
            # As a load does: what failed is told of the file, unless a patient reader takes over.
            if isinstance(records.failure, GateError):
                raise records.failure from None
            if not (records.doubted and records.patient):
                raise
            found = []
        if records.doubted and records.patient:
            found = lines(records.patient())
        return found

    def _check_harmed(self, found: list[Line]) -> None:
        """What stands before the harm is as it was; that something is missing is told, where it can be seen."""
        alike = self._alike(found)
        if self.harm is Harm.SHORT:
            assert alike >= self.whole, (alike, self.whole, found[alike : alike + 1])
            return
        told = any(reason for *_, reason, _ in found)
        assert told or alike == len(found) == len(self.records), "something is lost, and nothing said"
        if self.harm is Harm.TORN:
            after = [line for line in found[alike:] if line[1] is not None]
            assert len(after) <= 1, ("more than the rest of one record", after)

    def _alike(self, found: list[Line]) -> int:
        """How many records, from the first on, are what the reference reads."""
        for place, (line, wanted) in enumerate(zip(found, self.records, strict=False)):
            if not self._is(line, wanted):
                return place
        return min(len(found), len(self.records))

    def _check_tokens(self, found: list[Line]) -> None:
        texts = ["\n".join(map(str, values)) if values is not None else str(text) for _, values, _, text in found]
        for token in self.tokens:
            places = sum(text.count(token) for text in texts)
            assert places == 1, f"{token} stands in {places} places"

    def _is(self, line: Line, wanted: Record) -> bool:
        _, values, _, _ = line
        if values is None or wanted is None:
            return values is wanted
        return len(values) == len(wanted) and all(map(self.same, values, wanted))


PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK")


class Dripping(io.BytesIO):
    """Bytes that come a few at a time."""

    def __init__(self, data: bytes, piece: int) -> None:
        super().__init__(data)
        self._piece = piece

    def read(self, size: int | None = -1) -> bytes:
        """Give the next few."""
        return super().read(self._piece if size is None or size < 0 else min(size, self._piece))


def lines_of(records: Records) -> list[Line]:
    """All records of a file, in the order of their numbers."""
    found: list[Line] = []
    for batch in records.stream():
        for *values, number, _, error, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            found.append((number, None if error else values, error, text))
    return sorted(found, key=lambda line: line[0])


def with_data(case: Case, data: bytes, **other: Any) -> Case:
    """The case with other bytes."""
    return replace(case, data=data, **other)
