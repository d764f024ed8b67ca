"""What doors that died left behind: their segments lose a torn tail and are sealed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from marketpulse.door.segments import Zone, lock, seal, whole


def recover(zone: Zone) -> list[Path]:
    """Seal what nobody writes any more; segments of living doors, and of feeds not known here, stay. Raise OSError."""
    return [sealed for path, target in _open(zone) if (sealed := _recovered(zone, path, target))]


def _open(zone: Zone) -> Iterator[tuple[Path, Path]]:
    if zone.hidden.is_dir():
        for path in sorted(zone.hidden.iterdir()):
            if target := zone.target(path.name):
                yield path, target


def _recovered(zone: Zone, path: Path, target: Path) -> Path | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:  # its door sealed it meanwhile
        return None
    try:
        # Sealed between the two lines it is somebody's landed file by now, under another name.
        if not lock(handle) or not _is(path, handle):
            return None
        end = whole(handle)
        os.ftruncate(handle, end)
        return seal(zone, path, handle, target, empty=not end)
    finally:
        os.close(handle)


def _is(path: Path, handle: int) -> bool:
    """Whether the path still names what was opened."""
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
