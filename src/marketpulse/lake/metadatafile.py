"""The metadata files of a table, as files: `<warehouse>/<layer>/<table>/metadata/<version>-<id>.metadata.json`.

PyIceberg keeps of them what it knows. Who moves or repairs a table needs all of it, and needs it where the catalog
does not name the file.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import Any

from marketpulse.errors import StorageError
from marketpulse.storage.places import bare, is_remote

#: The folder of a table's metadata, and the files in it that say all about the table at one commit.
FOLDER, FILES = "metadata", "*.metadata.json"
#: Beside them, what a commit names once the catalog does: a catalog that names an older state is not the newest.
#: Other readers of Iceberg know the name, and find by it what is current without a catalog.
_CURRENT, _ENDING = "version-hint.text", ".metadata.json"
_VERSION = re.compile(r"v?(\d+)[-.]")
_DROPPED = "dropped-"
_GZIP = b"\x1f\x8b"


def made_in(metadata: str) -> str:
    """Folder of the warehouse that a metadata file belongs to.

    >>> made_in("file:/lake/gold/daily/metadata/00001-x.metadata.json")
    '/lake'
    """
    parents = Path(bare(metadata)).parents
    return str(parents[min(3, len(parents) - 1)]) if parents else bare(metadata)


def version(file: str) -> int:
    """Number of a metadata file, 0 when it has none.

    >>> version("00012-a.metadata.json"), version("v3.metadata.json"), version("x.metadata.json")
    (12, 3, 0)
    """
    found = _VERSION.match(file)
    return int(found[1]) if found else 0


def read(file: Path) -> dict[str, Any]:
    """All that a metadata file says. Raise StorageError for one that is gone or damaged."""
    try:
        text = file.read_bytes()
        found = json.loads(gzip.decompress(text) if text.startswith(_GZIP) else text)
    except FileNotFoundError:
        raise StorageError(f"{file} is missing") from None
    except (OSError, EOFError, ValueError) as error:
        raise StorageError(f"{file} cannot be read: {error}") from None
    if not isinstance(found, dict) or "location" not in found:
        raise StorageError(f"{file} is no metadata of a table")
    return found


def encoded(metadata: dict[str, Any], name: str) -> bytes:
    """The bytes of a metadata file called `name`."""
    text = json.dumps(metadata, ensure_ascii=False).encode()
    return gzip.compress(text) if ".gz." in name or name.endswith(".gz") else text


def files(table: Path) -> list[Path]:
    """The metadata files in the folder of a table, but those of tables that were dropped there."""
    found = list((table / FOLDER).glob(FILES))
    dropped = {mark.name.removeprefix(_DROPPED) for mark in (table / FOLDER).glob(f"{_DROPPED}*")}
    return [file for file in found if not dropped or _uuid(file) not in dropped]


def mark_current(metadata: str) -> None:
    """Leave word beside a metadata file that the catalog names it. Nothing for a remote one.

    Whoever cannot write it has committed all the same: then an older word stands there, which refuses nothing.
    """
    if is_remote(metadata):
        return
    file = Path(bare(metadata))
    mark = file.with_name(_CURRENT)
    part = mark.with_name(f"{_CURRENT}.{os.getpid()}.{get_ident()}")
    with suppress(OSError):
        part.write_text(file.name.removesuffix(_ENDING), encoding="utf-8")
        part.replace(mark)


def is_behind(metadata: str) -> bool:
    """Whether a later state than this metadata file was once named by a catalog."""
    file = Path(bare(metadata))
    return version(f"{_marked(file)}{_ENDING}") > version(file.name)


def _marked(file: Path) -> str:
    """What stands beside a metadata file; nothing where there is no such word, or none that can be read."""
    try:
        return file.with_name(_CURRENT).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def mark_dropped(table: Path, table_uuid: str) -> None:
    """Leave word in the folder of a table that it was dropped: a catalog that lost it would look the same."""
    if (table / FOLDER).is_dir():
        (table / FOLDER / f"{_DROPPED}{table_uuid}").touch()


def has_commits(table: Path) -> bool:
    """True when the folder of a table has metadata that more than creating it has written."""
    found = files(table)
    return any(version(file.name) > 0 for file in found) or any(map(_has_snapshots, found))


def _has_snapshots(file: Path) -> bool:
    try:
        return bool(read(file).get("snapshots"))
    except StorageError:
        return False  # creating the table was cut short


def _uuid(file: Path) -> str | None:
    try:
        return read(file).get("table-uuid")
    except StorageError:
        return None
