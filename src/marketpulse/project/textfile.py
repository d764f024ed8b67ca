"""Read a text file of the project: whatever else lies at its place is told as an error of that place."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from marketpulse.errors import DefinitionError, Place

_LARGEST = 1_000_000
#: Characters that no definition has; editors do not show them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_text(path: Path) -> str:
    """Text of `path`, a regular file in UTF-8 of at most 1 MB. Raise DefinitionError for anything else."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise DefinitionError("is a folder, not a file", where=path)
        if not stat.S_ISREG(found.st_mode):
            raise DefinitionError("is no regular file", where=path)  # a pipe would be waited for
        if found.st_size > _LARGEST:
            raise DefinitionError(f"is larger than {_LARGEST:,} bytes", where=path, hint="no definition is that long")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DefinitionError("the file does not exist", where=path) from None
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror or error}", where=path) from None
    return _decoded(data, path)


def _decoded(data: bytes, path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8"
        raise DefinitionError(f"not UTF-8 text (byte {error.start})", where=Place(str(path), line), hint=hint) from None
    if found := _CONTROL.search(text):
        line, column = place_of(text, found.start())
        what = f"holds the control character U+{ord(found[0]):04X}"
        raise DefinitionError(what, where=Place(str(path), line, column), hint="remove it")
    return text


def place_of(text: str, index: int) -> tuple[int, int]:
    """Line and column (from 1) of a character.

    >>> place_of("a;" + chr(10) + "bc", 4)
    (2, 2)
    """
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
