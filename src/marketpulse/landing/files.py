"""Files of the landing zone as they are: find them, notice that they change."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from marketpulse.landing.naming import Refused, as_far_as_hidden, concerns, is_hidden, shown, why_not
from marketpulse.storage.places import filesystem, is_remote, readable_errors

_LEADS_OUT = "a link that leads out of the landing zone"
_UNREADABLE = "a folder that cannot be read: {}"
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_LONG = 200
_MOST_NS = (1 << 63) - 1


@dataclass(frozen=True)
class LandedFile:
    """One file: `path` is a path or a URI, `name` its path inside the landing zone.

    `size` in bytes; `modified` is when its bytes were changed, as its writer says, `touched` when anything of it was,
    as the system says (0 in a store), both in nanoseconds since 1970; `inode` is 0 where there is none.
    """

    path: str
    name: str
    size: int
    modified: int
    inode: int = 0
    touched: int = 0

    def changed(self) -> bool:
        """True when the file is no longer what was found: somebody still writes it, or wrote it again."""
        try:
            if is_remote(self.path):
                found = filesystem(self.path).info(self.path)
                return (found["size"], _moment(found)) != (self.size, self.modified)
            now = Path(self.path).stat()
        except OSError:
            return True
        found_now = (now.st_size, _within(now.st_mtime_ns), _within(now.st_ctime_ns))
        return found_now != (self.size, self.modified, self.touched)


class Known(Protocol):
    """What may be passed by, see `landing.listing`: folders, as they are opened, and entries of the open one."""

    def passes_by(self, path: str) -> list[str] | None:
        """The folders in one that need not be opened; None for one that is to be opened."""
        ...

    def opens(self, path: str) -> None:
        """That folder is opened."""
        ...

    def goes_into(self, path: str, below: str) -> None:
        """The folder has another one in it."""
        ...

    def knows(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether an entry of the folder need not be looked at."""
        ...


def find_files(
    landing: str, folder: str, pattern: str = "*", known: Known | None = None
) -> tuple[list[LandedFile], list[Refused]]:
    """Files of a feed in the order of their names, and what is not read, with the reason.

    `landing` is a URI or an absolute path, `folder` the feed's folder in it, `pattern` says which names are wanted.
    What is `known` on a disk is left out.
    """
    found: list[LandedFile] = []
    refused: list[Refused] = []
    for each in _objects(landing, folder, pattern) if is_remote(landing) else _on_disk(landing, folder, pattern, known):
        if isinstance(each, Refused):
            refused.append(each)
        else:
            found.append(each)
    return sorted(found, key=lambda file: file.name.split("/")), sorted(refused, key=lambda each: each.name)


def entries(landing: str) -> list[str]:
    """What lies in the landing zone itself, folders with a slash at their end; hidden ones are nobody's.

    Nothing of a store: who runs there may be allowed to list the feeds' folders only.
    """
    if is_remote(landing):
        return []
    try:
        with os.scandir(landing) as listing:
            return sorted(shown(e.name) + "/" * e.is_dir() for e in listing if not is_hidden(e.name))
    except OSError:
        return []


def _on_disk(landing: str, folder: str, pattern: str, known: Known | None) -> Iterator[LandedFile | Refused]:
    if _leads_out(f"{landing}/{folder}", landing):
        yield Refused(folder, _LEADS_OUT)
        return
    for entry in _entries(f"{landing}/{folder}", landing, known):
        if isinstance(entry, Refused):
            yield entry
        elif concerns(entry.name, pattern, entry.is_dir(follow_symlinks=False)):
            if known and known.knows(entry.path.rpartition("/")[0], entry):
                continue
            name = _name(entry.path, landing)
            if refused := why_not(name):
                yield refused
            elif entry.is_symlink() and _leads_out(entry.path, landing):
                yield Refused(name, _LEADS_OUT)
            elif file := _regular(entry, name):
                yield file


def _entries(folder: str, landing: str, known: Known | None) -> Iterator[os.DirEntry[str] | Refused]:
    """Everything below a folder but folders that are looked into, and those that cannot be. Links are not followed."""
    todo = [folder]
    while todo:
        current = todo.pop()
        if known and (below := known.passes_by(current)) is not None:
            todo += below
            continue
        try:
            with os.scandir(current) as entries:
                listed = list(entries)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            name = shown(_name(current, landing))
            yield Refused(name if len(name) < _LONG else f"{name[:_LONG]}…", _UNREADABLE.format(error.strerror))
            continue
        if known:
            known.opens(current)
        for entry in listed:
            if entry.is_dir(follow_symlinks=False) and not is_hidden(entry.name):
                todo.append(entry.path)
                if known:
                    known.goes_into(current, entry.path)
            else:
                yield entry


def _objects(landing: str, folder: str, pattern: str) -> Iterator[LandedFile | Refused]:
    """Objects of a feed in a store: they appear whole, and links do not exist."""
    scheme, root = landing.split("://", 1)
    with readable_errors(landing):
        listing = filesystem(landing).find(f"{landing}/{folder}/", detail=True)
    told: set[str] = set()
    for path, info in listing.items():
        whole = path.removeprefix(f"{root}/")
        name = as_far_as_hidden(whole, folder)
        last = name.rpartition("/")[2]
        if not last or name in told or not concerns(last, pattern, name != whole):
            continue
        told.add(name)
        yield why_not(name) or LandedFile(f"{scheme}://{path}", name, info["size"], _moment(info))


def _name(path: str, landing: str) -> str:
    return path.removeprefix(f"{landing}/")


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


def _regular(entry: os.DirEntry[str], name: str) -> LandedFile | Refused | None:
    """The file, or why it is none; None for a folder, and for what is gone by now."""
    try:
        found = entry.stat()
    except OSError as error:
        if entry.is_symlink():
            return Refused(name, "a link to nothing")
        return None if isinstance(error, FileNotFoundError) else Refused(name, f"cannot be read: {error.strerror}")
    if stat.S_ISDIR(found.st_mode):
        return Refused(name, "a link to a folder: no such link is followed") if entry.is_symlink() else None
    if not stat.S_ISREG(found.st_mode):
        return Refused(name, f"{_KINDS.get(stat.S_IFMT(found.st_mode), 'something')} and no file")
    modified, touched = _within(found.st_mtime_ns), _within(found.st_ctime_ns)
    return LandedFile(entry.path, name, found.st_size, modified, found.st_ino, touched)


def _within(moment: int) -> int:
    """Nanoseconds; what lies beyond the 64 bits of the ledger (before 1677, after 2262) is cut to them."""
    return max(-_MOST_NS, min(moment, _MOST_NS))
