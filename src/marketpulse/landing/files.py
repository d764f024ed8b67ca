"""Files of the landing zone as they are: find them, notice that they change."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from marketpulse.storage.places import filesystem, is_remote, readable_errors

_LEADS_OUT = "a link that leads out of the landing zone"
_UNREADABLE = "a folder that cannot be read: {}"
_LONG = 200
_MOST_NS = (1 << 63) - 1
#: What tools leave behind everywhere and nobody misses.
_MARKERS = {"_SUCCESS", ".DS_Store", ".gitkeep", ".keep", "_committed", "_started"}


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
            continue
        name = _name(entry.path, landing)
        if reason := _unwanted(entry, name, landing, pattern):
            refused.append(Refused(_shown(name), reason))
        elif fnmatch.fnmatch(entry.name, pattern) and not _is_hidden(entry.name) and (file := _regular(entry, name)):
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
        todo += [e.path for e in listed if e.is_dir(follow_symlinks=False) and not _is_hidden(e.name)]


def _name(path: str, landing: str) -> str:
    return path.removeprefix(f"{landing}/")


def _unwanted(entry: os.DirEntry[str], name: str, landing: str, pattern: str) -> str | None:
    """Why somebody should look at what lies there, as it is not read; None where there is nothing to say."""
    if entry.name in _MARKERS or (not entry.is_dir(follow_symlinks=False) and not fnmatch.fnmatch(entry.name, pattern)):
        return None
    if not _is_text(name):
        return "its name is not valid UTF-8"
    if _is_hidden(entry.name):
        return "its name begins as that of something unfinished does, with . or _"
    if entry.is_symlink() and _leads_out(entry.path, landing):
        return _LEADS_OUT
    return None if entry.is_dir(follow_symlinks=False) else _no_date(name)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))


def _no_date(name: str) -> str | None:
    """Why the folders of a file say no day or hour."""
    for part in name.split("/")[:-1]:
        key, _, value = part.partition("=")
        if key == "ingest_date" and not _is_day(value):
            return f"{value} is no day: YYYY-MM-DD"
        if key == "hour" and not (value.isdecimal() and len(value) == 2 and int(value) < 24):
            return f"{value} is no hour: 00 to 23"
    return None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_text(name: str) -> bool:
    """Whether a name is valid UTF-8; what is not stands in it as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _shown(name: str) -> str:
    return name.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")


def _wanted(inside: str, pattern: str) -> bool:
    """Whether an object belongs to a feed, by its name inside the feed's folder."""
    parts = inside.split("/")
    return parts[-1] != "" and not any(map(_is_hidden, parts)) and fnmatch.fnmatch(parts[-1], pattern)


def _objects(landing: str, folder: str, pattern: str) -> Iterator[LandedFile]:
    """Objects of a feed in a store: they appear whole, and links do not exist."""
    scheme, root = landing.split("://", 1)
    with readable_errors(landing):
        listing = filesystem(landing).find(f"{landing}/{folder}/", detail=True)
    inside = len(f"{root}/{folder}/")
    for path, info in sorted(listing.items()):
        if _wanted(path[inside:], pattern):
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
