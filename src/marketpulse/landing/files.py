"""Files of the landing zone as they are: find them, recognise their content, notice that they change."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketpulse.project.source import Source
from marketpulse.storage.places import filesystem, is_remote, open_read, readable_errors

_LEADS_OUT = "a link that leads out of the landing zone"


@dataclass(frozen=True)
class LandedFile:
    """One file: `path` is a path or a URI, `name` its path inside the landing zone.

    `size` in bytes, `modified` in nanoseconds since 1970.
    """

    path: str
    name: str
    size: int
    modified: int

    def content(self) -> str:
        """SHA-256 of the bytes: the same content is the same file, whatever its name."""
        with open_read(self.path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]

    def changed(self) -> bool:
        """True when the file is no longer what was found: somebody still writes it, or wrote it again."""
        try:
            if is_remote(self.path):
                found = filesystem(self.path).info(self.path)
                return (found["size"], _moment(found)) != (self.size, self.modified)
            now = Path(self.path).stat()
        except OSError:
            return True
        return (now.st_size, now.st_mtime_ns) != (self.size, self.modified)


@dataclass(frozen=True)
class Refused:
    """A file that is not read, and why."""

    name: str
    reason: str


def find_files(landing: str, source: Source) -> tuple[list[LandedFile], list[Refused]]:
    """Files of a feed in the order of their names, and those that lead out of the landing zone.

    `landing` is a URI or an absolute path.
    """
    if is_remote(landing):
        return list(_objects(landing, source)), []
    found: list[LandedFile] = []
    refused: list[Refused] = []
    if _leads_out(f"{landing}/{source.folder}", landing):
        return [], [Refused(source.folder, _LEADS_OUT)]
    for entry in _entries(f"{landing}/{source.folder}", landing):
        if isinstance(entry, Refused):
            refused.append(entry)
        elif _wanted(entry.name, source):
            name = _name(entry.path, landing)
            if entry.is_symlink() and _leads_out(entry.path, landing):
                refused.append(Refused(name, _LEADS_OUT))
            elif file := _regular(entry, name):
                found.append(file)
    return sorted(found, key=lambda file: file.name.split("/")), sorted(refused, key=lambda each: each.name)


def _entries(folder: str, landing: str) -> Iterator[os.DirEntry[str] | Refused]:
    """Everything below a folder, and the folders that cannot be looked into. Links are not followed."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield Refused(_name(folder, landing), f"a folder that cannot be read: {error.strerror}")
        return
    for entry in listed:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, landing)


def _name(path: str, landing: str) -> str:
    return path.removeprefix(f"{landing}/")


def _wanted(short: str, source: Source) -> bool:
    return short != "" and not short.startswith((".", "_")) and fnmatch.fnmatch(short, source.pattern)


def _objects(landing: str, source: Source) -> Iterator[LandedFile]:
    """Objects of a feed in a store: they appear whole, and links do not exist."""
    scheme, root = landing.split("://", 1)
    with readable_errors(landing):
        listing = filesystem(landing).find(f"{landing}/{source.folder}/", detail=True)
    for path, info in sorted(listing.items()):
        if _wanted(path.rsplit("/", 1)[-1], source):
            yield LandedFile(f"{scheme}://{path}", path.removeprefix(f"{root}/"), info["size"], _moment(info))


def _moment(info: Mapping[str, Any]) -> int:
    """When an object was last written, in nanoseconds.

    Object storage knows seconds only, and two versions may be of one second and one size: the fraction is made from the
    version's own tag, so that it tells them apart.
    """
    tag = hashlib.sha256(str(info["ETag"]).encode()).digest()
    return int(info["LastModified"].timestamp()) * 1_000_000_000 + int.from_bytes(tag[:8]) % 1_000_000_000


def _leads_out(path: str, landing: str) -> bool:
    # `Path.resolve` raises for links that go in a circle.
    return not Path(os.path.realpath(path)).is_relative_to(landing)


def _regular(entry: os.DirEntry[str], name: str) -> LandedFile | None:
    """The file; None for a folder, a pipe, a broken link or what is gone by now."""
    try:
        found = entry.stat()
    except OSError:
        return None
    return LandedFile(entry.path, name, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
