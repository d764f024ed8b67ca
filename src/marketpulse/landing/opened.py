"""A landed file, opened once: what is hashed is what is read, and a store is asked for it one time."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from marketpulse.landing.files import LandedFile
from marketpulse.landing.limits import USUAL, Limits
from marketpulse.landing.stream import ByteStream
from marketpulse.storage.places import is_remote, open_read

_BLOCK = 4 << 20
#: What a store gives is kept in memory up to that size, else in a file of the scratch folder.
_IN_MEMORY = 16 << 20


@dataclass(frozen=True)
class OpenedFile:
    """One file whose bytes may be read from their start as often as is needed, within `limits`."""

    file: LandedFile
    raw: BinaryIO
    limits: Limits = USUAL

    @cached_property
    def content(self) -> str:
        """SHA-256 of the bytes: the same content is the same file, whatever its name."""
        self.raw.seek(0)
        return hashlib.file_digest(self.raw, "sha256").hexdigest()  # type: ignore[arg-type]

    def stream(self, encoding: str = "utf-8") -> ByteStream:
        """The bytes from their start as UTF-8. One stream at a time: the next one takes the bytes over."""
        self.raw.seek(0)
        return ByteStream(self.raw, encoding, self.limits)

    def bytes(self) -> BinaryIO:
        """The bytes as they are, from their start."""
        self.raw.seek(0)
        return self.raw


@contextmanager
def opened(file: LandedFile, scratch: Path, limits: Limits = USUAL) -> Iterator[OpenedFile | None]:
    """Open a file for one load; None when it is no longer what was found. Raise OSError when it cannot be read."""
    with _fetched(file, scratch) if is_remote(file.path) else _local(file) as raw:
        yield OpenedFile(file, raw, limits) if raw else None


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
