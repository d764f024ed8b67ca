"""A data file says in its own name what it holds: `data.sha256-<half of the digest>.parquet`.

So the digest is where the table names the file, in the manifest, written once and never again; whoever copies, moves or
repairs a table takes it along. What lies in a store carries none: there the store itself checks what it keeps.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marketpulse.errors import DamagedFileError
from marketpulse.storage.places import bare, is_remote

#: Hexadecimal digits: half of SHA-256 tells any two files apart that are not made to be mistaken.
_DIGITS = 32
_DIGEST = re.compile(rf"\.sha256-([0-9a-f]{{{_DIGITS}}})\.parquet$")
_AT_ONCE = 4


def digest(path: str | Path) -> str:
    """What the bytes of a file of this machine come to. Raise OSError when it cannot be read."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGITS]


def told(path: str) -> str | None:
    """The digest in a file's name; None for one that has none.

    >>> told("data/data.sha256-0123456789abcdef0123456789abcdef.parquet"), told("data/data.parquet")
    ('0123456789abcdef0123456789abcdef', None)
    """
    found = _DIGEST.search(path)
    return found[1] if found else None


def seal(path: str) -> str:
    """Give a file just written the name that says what it holds; the name. Files of a store keep theirs."""
    if is_remote(bare(path)) or told(path):
        return path
    file = Path(bare(path))
    return str(file.rename(file.with_name(f"{file.stem}.sha256-{digest(file)}.parquet")))


def problem(path: str, size: int) -> str | None:
    """What is wrong with a file of this machine that had `size` bytes; None when it is what its name says."""
    file = Path(bare(path))
    try:
        found = file.stat().st_size
        if found != size:
            return f"has {found:,} bytes and not {size:,}"
        wanted = told(path)
        return None if wanted in (None, digest(file)) else "holds other bytes than were written"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def check(table: str, files: Iterable[tuple[str, int]]) -> None:
    """Raise DamagedFileError for a file, of (path, size) each, that is not what was written.

    Whoever writes rows of a file anew asks before: what it writes would be taken for whole.
    """
    here = [(path, size) for path, size in files if not is_remote(bare(path)) and told(path)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for (path, _), wrong in zip(here, pool.map(lambda file: problem(*file), here), strict=True):
            if wrong:
                hint = "marketpulse verify says what builds it anew; marketpulse repair, what else is lost"
                raise DamagedFileError(f"a data file of {table} {wrong}: {path}", hint=hint)
