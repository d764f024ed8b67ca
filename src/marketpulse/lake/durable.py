"""Done means durable: what a commit names is on the disk before the catalog names it.

Data files are flushed before a commit, manifests and metadata when the metadata file that ties them together is
closed, each with the folders that name them. SQLite flushes the catalog by itself; S3 is durable when it answers.
"""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import perf_counter
from types import TracebackType
from typing import BinaryIO, Self

from pyiceberg.io import FileIO, InputFile, InputStream, OutputFile, OutputStream

from marketpulse.lake.trouble import storage_errors
from marketpulse.storage.places import bare, has_settled, is_remote, write_new, write_text

#: A disk writes many flushes together: asking one after the other would wait for each.
_AT_ONCE = 8
#: Seconds of a flush below which a thread would cost more than it saves: memory, or a disk with a cache of its own.
_QUICK = 0.0005
_METADATA = ".metadata.json"
#: Folders that are on the disk as they are: those above the files of a commit hardly ever change.
_ON_DISK: dict[Path, tuple[int, int, int]] = {}
_MOST_FOLDERS = 10_000


def flush(paths: Iterable[str], root: str) -> None:
    """Put files, and the folders up to `root` that name them, on the disk; remote ones are there already."""
    files = [Path(path) for path in paths if not is_remote(path)]
    folders = {folder for file in files for folder in _folders(file, Path(root))}
    for those in (files, [folder for folder in folders if not _is_on_disk(folder)]):
        slow = _flush_while_quick(those)
        if slow:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(_flush, slow))


def write_whole(place: str, text: str) -> None:
    """Write a small text file, whole or not at all, and so that a power cut does not lose it. Raise StorageError."""
    with storage_errors(place):
        if is_remote(place):
            write_text(place, text)
            return
        path = Path(place)
        part = path.with_name(f".{path.name}.part")
        _write_flushed(part, text)
        part.replace(path)
        flush([place], str(path.parent.parent))


def write_first(place: str, text: str) -> None:
    """The same, unless there is such a file already, be it since a moment: of several who write it, one does."""
    with storage_errors(place):
        if is_remote(place):
            write_new(place, text)
            return
        path = Path(place)
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            _write_flushed(part, text)
            with suppress(FileExistsError):
                path.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
        flush([place], str(path.parent.parent))


def _write_flushed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    flush([str(path)], str(path.parent))


def _flush_while_quick(paths: Sequence[Path]) -> Sequence[Path]:
    """Flush one after the other until the disk lets one wait; give what is left for threads."""
    for done, path in enumerate(paths, start=1):
        began = perf_counter()
        _flush(path)
        if perf_counter() - began > _QUICK:
            return paths[done:]
    return ()


def _folders(file: Path, root: Path) -> Iterable[Path]:
    """Folders that name the file, from its own up to `root`."""
    for folder in file.parents:
        yield folder
        if folder == root:
            return


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        before = os.fstat(handle)
        os.fsync(handle)
    finally:
        os.close(handle)
    if stat.S_ISDIR(before.st_mode) and has_settled(before.st_mtime_ns):
        if len(_ON_DISK) >= _MOST_FOLDERS:
            _ON_DISK.clear()
        _ON_DISK[path] = _as_it_is(before)


def _is_on_disk(folder: Path) -> bool:
    """Whether this process flushed a folder, and nothing came into it or left it since."""
    return folder in _ON_DISK and _ON_DISK[folder] == _as_it_is(folder.stat())


def _as_it_is(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_dev, found.st_ino, found.st_mtime_ns


class DurableFileIO(FileIO):
    """PyIceberg's files on this machine, flushed before the catalog can name them.

    PyIceberg's own way to them is pyarrow's, whose import takes longer than many a command.
    """

    def new_input(self, location: str) -> InputFile:
        """See `FileIO.new_input`."""
        return _Read(location)

    def new_output(self, location: str) -> OutputFile:
        """See `FileIO.new_output`."""
        return _Write(location)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """See `FileIO.delete`."""
        _path(location if isinstance(location, str) else location.location).unlink()


def _path(location: str) -> Path:
    """Where a file of this machine is."""
    if is_remote(path := bare(location)):
        raise ValueError(f"{location} is not on this machine")
    return Path(path)


class _Read(InputFile):
    """A file to read."""

    def __len__(self) -> int:
        """Size in bytes."""
        return _path(self.location).stat().st_size

    def exists(self) -> bool:
        """See `InputFile.exists`."""
        return _path(self.location).exists()

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002 - as PyIceberg asks
        """See `InputFile.open`."""
        return _path(self.location).open("rb")


class _Write(OutputFile):
    """A file that is written by this process and remembered until it must be on the disk."""

    def __len__(self) -> int:
        """Size in bytes."""
        return len(self.to_input_file())

    def exists(self) -> bool:
        """See `OutputFile.exists`."""
        return self.to_input_file().exists()

    def to_input_file(self) -> InputFile:
        """See `OutputFile.to_input_file`."""
        return _Read(self.location)

    def create(self, overwrite: bool = False) -> OutputStream:
        """See `OutputFile.create`."""
        path = _path(self.location)
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Stream(str(path), path.open("wb" if overwrite else "xb"))


class _Stream(OutputStream):
    """Bytes on their way into one file of a table's metadata folder."""

    #: Written and not flushed yet, by folder: the metadata file is written last, by another instance.
    _waiting: dict[str, list[str]] = {}
    _lock = Lock()

    def __init__(self, path: str, raw: BinaryIO) -> None:
        self._path = path
        self._raw = raw

    def write(self, b: bytes) -> int:
        """Write bytes."""
        return self._raw.write(b)

    def tell(self) -> int:
        """Bytes written so far."""
        return self._raw.tell()

    def close(self) -> None:
        """Close the file; a metadata file flushes all that was written beside it."""
        self._raw.close()
        folder = str(Path(self._path).parent)
        with self._lock:
            self._waiting.setdefault(folder, []).append(self._path)
            ready = self._waiting.pop(folder) if self._path.endswith(_METADATA) else []
        # What a refused commit had written is deleted by now: the next one does not name it.
        if there := [path for path in ready if Path(path).exists()]:
            flush(there, str(Path(folder).parents[2]))

    def __enter__(self) -> Self:
        """Write within a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()
