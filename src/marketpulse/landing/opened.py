"""A landed file, opened once: what is hashed is what is read, and a store is asked for it one time."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from marketpulse.errors import GateError
from marketpulse.landing.archive import Member, members
from marketpulse.landing.files import LandedFile
from marketpulse.landing.limits import USUAL, Limits
from marketpulse.landing.naming import inside
from marketpulse.landing.pieces import Pieces, packing_as_landed, pieces_of
from marketpulse.landing.stream import ByteStream
from marketpulse.storage.places import is_remote, open_read

_BLOCK = 4 << 20
#: What a store gives is kept in memory up to that size, else in a file of the scratch folder.
_IN_MEMORY = 16 << 20


@dataclass(frozen=True)
class OpenedFile:
    """One file whose bytes may be read from their start as often as is needed, within `limits`.

    It is the whole of `raw`, or a `member` of the archive that `raw` is. What was packed and must be had as a whole
    goes to a file in `scratch`.
    """

    file: LandedFile
    raw: BinaryIO
    limits: Limits = USUAL
    scratch: str | None = None
    member: Member | None = None

    @cached_property
    def content(self) -> str:
        """SHA-256 of the bytes, of a member of those it unpacks to: the same content is the same file."""
        if self.member is None:
            self.raw.seek(0)
            return hashlib.file_digest(self.raw, "sha256").hexdigest()  # type: ignore[arg-type]
        found, pieces = hashlib.sha256(), self.pieces()
        for piece in pieces:
            found.update(piece)
        found.update((pieces.damage or "").encode())  # what is mended is not what was damaged
        return found.hexdigest()

    @cached_property
    def members(self) -> list[OpenedFile] | None:
        """The files of an archive, each under its own name; None when the file is no archive."""
        found = None if self.member else members(self.raw, self.limits)
        if found is None:
            return None
        return [self._inside(each) for each in found]

    def pieces(self) -> Pieces:
        """The bytes, unpacked, in pieces."""
        return self.member.pieces(self.raw, self.limits) if self.member else pieces_of(self.raw, self.limits)

    def stream(self, encoding: str | None = "utf-8") -> ByteStream:
        """The bytes from their start as UTF-8; as they are with None, for who knows their encoding better.

        One stream at a time: the next one takes the bytes over.
        """
        return ByteStream(self.pieces(), encoding)

    def bytes(self) -> BinaryIO:
        """The bytes, unpacked, from their start, to be read at any place. Raise GateError when they are damaged."""
        whole = self._whole if self.is_packed else self.raw
        whole.seek(0)
        return whole

    def close(self) -> None:
        """Give back what was unpacked."""
        if "_whole" in self.__dict__:
            self._whole.close()
        for each in self.__dict__.get("members") or ():
            each.close()

    @cached_property
    def is_packed(self) -> bool:
        """Whether its bytes were packed."""
        return self.member is not None or packing_as_landed(self.raw) is not None

    @cached_property
    def _whole(self) -> BinaryIO:
        pieces = self.pieces()
        copy = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=self.scratch)  # noqa: SIM115 - `close` closes it
        for piece in pieces:
            copy.write(piece)
        if pieces.damage:
            copy.close()
            raise GateError(pieces.damage, hint="land the file again")
        return cast("BinaryIO", copy)

    def _inside(self, member: Member) -> OpenedFile:
        file = replace(self.file, name=inside(self.file.name, member.name), size=member.size)
        return replace(self, file=file, member=member)


@contextmanager
def opened(file: LandedFile, scratch: Path, limits: Limits = USUAL) -> Iterator[OpenedFile | None]:
    """Open a file for one load; None when it is no longer what was found. Raise OSError when it cannot be read."""
    with _fetched(file, scratch) if is_remote(file.path) else _local(file) as raw:
        data = OpenedFile(file, raw, limits, str(scratch)) if raw else None
        try:
            yield data
        finally:
            if data:
                data.close()


@contextmanager
def _local(file: LandedFile) -> Iterator[BinaryIO | None]:
    """The very file that was found: never waits for a pipe that took its place, never follows a link that did."""
    try:
        handle = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    with os.fdopen(handle, "rb") as raw:
        found = os.fstat(handle)
        same = stat.S_ISREG(found.st_mode) and file.inode in (0, found.st_ino)
        yield raw if same else None


@contextmanager
def _fetched(file: LandedFile, scratch: Path) -> Iterator[BinaryIO | None]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(scratch)) as copy:
        try:
            with open_read(file.path) as source:
                while block := source.read(_BLOCK):
                    copy.write(block)
        except FileNotFoundError:
            yield None
            return
        yield cast("BinaryIO", copy)
