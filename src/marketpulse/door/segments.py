"""Segments: files that grow while requests come in, and lie in the landing zone whole once they are sealed.

    <landing>/.door/<feed>.<day>T<hour>.<name>               open: locked by the door that writes it, nobody reads it
    <landing>/<folder>/ingest_date=<day>/hour=<hour>/<name>  sealed: flushed, renamed, both folders flushed

Hidden names at the top of a landing zone are nobody's, so a run does not even tell of them. The lock is the system's
and goes with its process: a segment without one was left by a door that died, and whoever starts next seals it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from marketpulse.names import DOOR_FILES

HIDDEN = ".door"
_SUFFIX = ".ndjson"
_PIECE = 1 << 20


@dataclass(frozen=True)
class Zone:
    """A landing zone, and the folder in it of each feed that the door fills."""

    landing: Path
    folders: Mapping[str, str]

    @property
    def hidden(self) -> Path:
        """Where segments lie that are not sealed."""
        return self.landing / HIDDEN

    def target(self, name: str) -> Path | None:
        """Where an open segment of this name will lie; None when it is of no feed that is known here."""
        feed, _, rest = name.partition(".")
        moment, _, last = rest.partition(".")
        day, _, hour = moment.partition("T")
        if feed not in self.folders or not (day and hour and last):
            return None
        return self.landing / self.folders[feed] / f"ingest_date={day}" / f"hour={hour}" / last


class Segment:
    """One open segment. What was appended is safe once `sync` came back; whoever holds it may `seal` it."""

    def __init__(self, path: Path, handle: int, target: Path) -> None:
        self.path = path
        self.target = target
        self._handle = handle
        self._safe = 0
        self._end = 0

    @classmethod
    def create(cls, zone: Zone, feed: str, now: datetime | None = None) -> Self:
        """A new one, for the hour in which it begins. Raise OSError."""
        moment = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H")
        while True:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
            name = f"{feed}.{moment}.{DOOR_FILES}{stamp}-{secrets.token_hex(6)}{_SUFFIX}"
            target = zone.target(name)
            assert target is not None  # noqa: S101 - the name was made just now
            make_folders(zone.hidden, zone.landing)
            path = zone.hidden / name
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666)
            # Between these two lines another door, which is just starting, may have taken it for a dead one's.
            if lock(handle) and os.fstat(handle).st_nlink:
                flush_folder(zone.hidden)
                return cls(path, handle, target)
            os.close(handle)

    @property
    def is_named(self) -> bool:
        """Whether it still has a name: else nobody would ever find what is in it."""
        return os.fstat(self._handle).st_nlink > 0

    @property
    def size(self) -> int:
        """Bytes that are safe."""
        return self._safe

    def append(self, lines: Sequence[bytes]) -> None:
        """Write whole lines. Raise OSError, and then nothing of them is there."""
        data = memoryview(b"".join(lines))
        try:
            while data:
                written = os.write(self._handle, data)
                self._end += written
                data = data[written:]
        except OSError:
            self.cut()
            raise

    def sync(self) -> None:
        """Put what was appended on the disk. Raise OSError: then nobody knows what of it is there, so cut it off."""
        os.fdatasync(self._handle)
        if not self.is_named:
            raise FileNotFoundError(errno.ENOENT, "somebody removed the open segment")
        self._safe = self._end

    def cut(self) -> None:
        """Take back what was appended and is not safe. Raise OSError."""
        os.ftruncate(self._handle, self._safe)
        self._end = self._safe

    def seal(self, zone: Zone) -> Path | None:
        """Let it be a landed file; None when nothing is in it. Raise OSError: it is still there, and open."""
        return seal(zone, self.path, self._handle, self.target, empty=not self._safe)

    def close(self) -> None:
        """Let go of it: without `seal`, the next door that starts takes it for a dead one's."""
        os.close(self._handle)


def seal(zone: Zone, path: Path, handle: int, target: Path, *, empty: bool) -> Path | None:
    """Move a flushed segment to where it is read; one without a line goes."""
    if empty:
        path.unlink()
        return None
    os.fsync(handle)
    make_folders(target.parent, zone.landing)
    path.rename(target)
    flush_folder(target.parent)
    flush_folder(zone.hidden)
    return target


def lock(handle: int) -> bool:
    """Take a segment, unless a living door has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_folders(folder: Path, root: Path) -> None:
    """Make a folder below `root` and what is missing above it, each flushed into the one that names it."""
    if folder == root or folder.is_dir():
        return
    make_folders(folder.parent, root)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Put what a folder names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def whole(handle: int) -> int:
    """Bytes of a segment up to the last line that is whole.

    What was answered with 200 was flushed with all before it. Behind it may stand a line that is cut off, or, after a
    power cut, blocks that were never written: zeros, which no line has.
    """
    end, at = 0, 0
    while piece := os.pread(handle, _PIECE, at):
        zero = piece.find(b"\0")
        last = piece.rfind(b"\n", 0, len(piece) if zero < 0 else zero)
        end = at + last + 1 if last >= 0 else end
        if zero >= 0:
            break
        at += len(piece)
    return end
