"""Files of the landing zone as they are: find them, notice that they change."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marketpulse.storage.places import filesystem, is_remote, readable_errors

_LEADS_OUT = "a link that leads out of the landing zone"
_UNREADABLE = "a folder that cannot be read: {}"
_LONG = 200
_MOST_NS = (1 << 63) - 1


@dataclass(frozen=True)
class LandedFile:
    """One file: `path` is a path or a URI, `name` its path inside the landing zone.

    `size` in bytes, `modified` in nanoseconds since 1970; `inode` is 0 where there is none.
    """

    path: str
    name: str
    size: int
    modified: int
    inode: int = 0

    def changed(self) -> bool:
        """True when the file is no longer what was found: somebody still writes it, or wrote it again."""
        try:
            if is_remote(self.path):
                found = filesystem(self.path).info(self.path)
                return (found["size"], _moment(found)) != (self.size, self.modified)
            now = Path(self.path).stat()
        except OSError:
            return True
        return (now.st_size, _nanoseconds(now)) != (self.size, self.modified)


@dataclass(frozen=True)
class Refused:
    """A file that is not read, and why."""

    name: str
    reason: str


def find_files(landing: str, folder: str, pattern: str = "*") -> tuple[list[LandedFile], list[Refused]]:
    """Files of a feed in the order of their names, and those that are not read, with the reason.

    `landing` is a URI or an absolute path, `folder` the feed's folder in it, `pattern` says which names are wanted.
    """
    if is_remote(landing):
        return list(_objects(landing, folder, pattern)), []
    found: list[LandedFile] = []
    refused: list[Refused] = []
    if _leads_out(f"{landing}/{folder}", landing):
        return [], [Refused(folder, _LEADS_OUT)]
    for entry in _entries(f"{landing}/{folder}", landing):
        if isinstance(entry, Refused):
            refused.append(entry)
        elif _wanted(entry.name, pattern):
            name = _name(entry.path, landing)
            if not _is_text(name):
                refused.append(Refused(_shown(name), "its name is not valid UTF-8"))
            elif entry.is_symlink() and _leads_out(entry.path, landing):
                refused.append(Refused(name, _LEADS_OUT))
            elif file := _regular(entry, name):
                found.append(file)
    return sorted(found, key=lambda file: file.name.split("/")), sorted(refused, key=lambda each: each.name)


def _entries(folder: str, landing: str) -> Iterator[os.DirEntry[str] | Refused]:
    """Everything below a folder, and the folders that cannot be looked into. Links are not followed."""
    todo = [folder]
    while todo:
        current = todo.pop()
        try:
            with os.scandir(current) as entries:
                listed = list(entries)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            name = _shown(_name(current, landing))
            yield Refused(name if len(name) < _LONG else f"{name[:_LONG]}…", _UNREADABLE.format(error.strerror))
            continue
        yield from listed
        todo += [entry.path for entry in listed if entry.is_dir(follow_symlinks=False)]


def _name(path: str, landing: str) -> str:
    return path.removeprefix(f"{landing}/")


def _is_text(name: str) -> bool:
    """Whether a name is valid UTF-8; what is not stands in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _shown(name: str) -> str:
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


def _wanted(short: str, pattern: str) -> bool:
    return short != "" and not short.startswith((".", "_")) and fnmatch.fnmatch(short, pattern)


def _objects(landing: str, folder: str, pattern: str) -> Iterator[LandedFile]:
    """Objects of a feed in a store: they appear whole, and links do not exist."""
    scheme, root = landing.split("://", 1)
    with readable_errors(landing):
        listing = filesystem(landing).find(f"{landing}/{folder}/", detail=True)
    for path, info in sorted(listing.items()):
        if _wanted(path.rsplit("/", 1)[-1], pattern):
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
    if not stat.S_ISREG(found.st_mode):
        return None
    return LandedFile(entry.path, name, found.st_size, _nanoseconds(found), found.st_ino)


def _nanoseconds(found: os.stat_result) -> int:
    """Time of the last change; what lies beyond the 64 bits of the ledger (before 1677, after 2262) is cut to them."""
    return max(-_MOST_NS, min(found.st_mtime_ns, _MOST_NS))
