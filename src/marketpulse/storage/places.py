"""Where bytes are: a folder of this machine, or `s3://…`, behind the few verbs the platform needs.

A place is a path or a URI. What is not on this machine is reached through fsspec; each kind has one loader. What goes
wrong there is a StorageError of every verb but those that open a file, whose errors are the file's.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from marketpulse.errors import StorageError, UsageError

REMOTE_HINT = "check bucket, region, credentials and what they may do"
_READ_AHEAD = 8 << 20
#: Clocks of disks are coarse: what changed so shortly ago may change again and show the same time (nanoseconds).
_TICK = 50_000_000
#: Letters that a file which is being written has of the name that it gets: with its number it is no longer than may be.
_NAMED = 40


@dataclass(frozen=True)
class Found:
    """One file: where it is, its size in bytes, and when it was last changed (seconds since 1970)."""

    path: str
    size: int
    modified: float


def is_remote(place: str | Path) -> bool:
    """True for a URI: not a folder of this machine."""
    return isinstance(place, str) and "://" in place


def bare(place: str) -> str:
    """A place of this machine without the scheme that some engines write before it; a URI stays what it is.

    >>> bare("file:/lake/x"), bare("file:///lake/x"), bare("/lake/x"), bare("s3://lake/x")
    ('/lake/x', '/lake/x', '/lake/x', 's3://lake/x')
    """
    if not place.startswith("file:"):
        return place
    return "/" + place.removeprefix("file:").lstrip("/")


def real(place: str) -> str:
    """The one name of a file or folder of this machine, whatever links lead to it; a URI stays what it is."""
    return place if is_remote(bare(place)) else os.path.realpath(bare(place))


def is_inside(place: str, folder: str) -> bool:
    """True for what lies below a folder, links followed."""
    return real(place).startswith(real(folder).rstrip("/") + "/")


def has_settled(changed: int) -> bool:
    """Whether what changed at a time (nanoseconds since 1970) will show another time when it changes again."""
    return time.time_ns() - changed > _TICK


def filesystem(place: str) -> Any:
    """The fsspec filesystem of a remote place. Raise UsageError for a kind that is not known.

    Its `info` and `find` say `size`, `LastModified` (a datetime) and `ETag`; names in `find` begin with the bucket.
    """
    kind = place.partition("://")[0]
    if kind == "s3":
        from marketpulse.storage.s3 import s3_filesystem

        return s3_filesystem()
    raise UsageError(f"{place}: unknown kind of place {kind}://", hint="a folder, or s3://bucket/prefix")


def data_filesystem(place: str) -> Any:
    """The same for files that never change once they are written, as those of tables: it asks less often."""
    if place.startswith("s3://"):
        from marketpulse.storage.s3 import s3_data_filesystem

        return s3_data_filesystem()
    return filesystem(place)


def open_read(place: str) -> BinaryIO:
    """Open a file for reading from its start to its end."""
    if is_remote(place):
        options = {"cache_type": "readahead", "block_size": _READ_AHEAD}
        return cast("BinaryIO", filesystem(place).open(place, "rb", **options))
    return Path(place).open("rb")


def exists(place: str) -> bool:
    """True when there is a folder, or anything under the prefix."""
    if not is_remote(place):
        return Path(place).is_dir()
    with readable_errors(place):
        return bool(filesystem(place).exists(place))


def is_file(place: str) -> bool:
    """True when there is such a file."""
    return exists(place) if is_remote(place) else Path(place).is_file()


def make_folder(place: str) -> None:
    """Make a folder and those above it; object storage has none."""
    if not is_remote(place):
        Path(place).mkdir(parents=True, exist_ok=True)


def put_in_place(local: Path, place: str) -> str:
    """Move a finished file of this machine to its place, whole or not at all; the place."""
    if is_remote(place):
        with readable_errors(place):
            data_filesystem(place).put_file(str(local), place)
        local.unlink()
    else:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(local, place)
    return place


def write_text(place: str, text: str) -> None:
    """Write a small text file, and the folders above it."""
    if is_remote(place):
        with readable_errors(place):
            filesystem(place).pipe_file(place, text.encode())
    else:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_text(text, encoding="utf-8")


def write_new(place: str, text: str) -> None:
    """Write a small text file of a remote place, unless there is one: of several who do, the first one does."""
    with readable_errors(place), suppress(FileExistsError):
        filesystem(place).pipe_file(place, text.encode(), mode="create")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file of this machine to write beside `path`, which it replaces when all is written, and not otherwise.

    What is no file, as a pipe or a device, is written as it is. Raise StorageError where it cannot be written.
    """
    part = path.parent / f".{path.name[:_NAMED]}.{os.getpid()}.part"
    try:
        if path.is_dir() or not path.parent.is_dir():  # whoever is to write says it in words of his own, or wrongly
            what = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
            raise StorageError(f"cannot write: {what}", where=path, hint="choose another file")
        if path.exists() and not path.is_file():
            yield path
            return
        yield part
        if path.exists():  # who may read it is for whoever made it to say
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
    except OSError as error:
        raise StorageError(
            f"cannot write: {error.strerror or error}", where=path, hint="choose another file"
        ) from error
    finally:
        with suppress(OSError):  # where nothing could be made, nothing is left
            part.unlink(missing_ok=True)


def read_text(place: str) -> str:
    """A small text file, whole. Raise StorageError when it cannot be read, or is no UTF-8."""
    with readable_errors(place), open_read(place) as stream:
        data = stream.read()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"it is no text in UTF-8: {error.reason} at byte {error.start}"
        raise StorageError(what, where=place, hint="save it as UTF-8") from None


def remove(place: str) -> None:
    """Remove a file; that it is gone already is fine."""
    if is_remote(place):
        with readable_errors(place), suppress(FileNotFoundError):
            data_filesystem(place).rm_file(place)
    else:
        Path(place).unlink(missing_ok=True)


def remove_folder(place: str) -> None:
    """Remove everything below a folder; that it is gone already is fine."""
    if is_remote(place):
        with readable_errors(place), suppress(FileNotFoundError):
            data_filesystem(place).rm(place, recursive=True)
    else:
        shutil.rmtree(place, ignore_errors=True)


def forget_versions(place: str) -> int:
    """Remove what a store keeps of a file, or of a folder (with a slash at its end), besides what it is now.

    How many old versions there were; a folder of this machine has none. Raise StorageError where that is not allowed.
    """
    if not place.startswith("s3://"):
        return 0
    from marketpulse.storage.s3 import forget_versions as forget

    with readable_errors(place):
        return forget(place)


def find(folder: str) -> Iterator[Found]:
    """Every file below a folder, in the order of their paths."""
    if is_remote(folder):
        scheme = folder.partition("://")[0]
        with readable_errors(folder):
            found = filesystem(folder).find(folder, detail=True)
        for path, info in sorted(found.items()):
            yield Found(f"{scheme}://{path}", info["size"], info["LastModified"].timestamp())
        return
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink():
            seen = path.stat()
            yield Found(str(path), seen.st_size, seen.st_mtime)


def written(folder: str) -> Iterator[Found]:
    """The same below a folder that others have just filled with files that never change, as executors do.

    This process is not told again how large they are.
    """
    if not is_remote(folder):
        yield from find(folder)
        return
    files = data_filesystem(folder)
    for found in find(folder):
        name = found.path.partition("://")[2]
        at = datetime.fromtimestamp(found.modified, UTC)
        files.tell(name, {"name": name, "size": found.size, "type": "file", "LastModified": at})
        yield found


def remove_empty_folders(folder: str, before: float) -> None:
    """Remove folders below `folder` that hold nothing and were last changed before a time (seconds since 1970)."""
    if is_remote(folder):
        return
    for path in sorted(Path(folder).rglob("*"), reverse=True):
        if path.is_dir() and path.stat().st_mtime < before and not any(path.iterdir()):
            path.rmdir()


@contextmanager
def readable_errors(place: str) -> Iterator[None]:
    """Turn what a remote place raises into StorageError; `place` says where."""
    try:
        yield
    except OSError as error:
        raise StorageError(str(error), where=place, hint=REMOTE_HINT) from error
    except cloud_errors() as error:
        raise StorageError(str(error), where=place, hint=REMOTE_HINT) from error


def cloud_errors() -> tuple[type[Exception], ...]:
    """What the libraries of a cloud raise besides OSError; nothing where none is in use."""
    if "botocore" not in sys.modules:
        return ()
    from marketpulse.storage.s3 import client_errors

    return client_errors()
