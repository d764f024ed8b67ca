"""The newest state of a table that is whole, as the metadata files in its folder have it.

A metadata file says all about a table at one commit, so any of them whose files are all there is a state the table had.
One that a killed commit left and no catalog ever named is as good: it is what that commit would have made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from marketpulse.errors import StorageError
from marketpulse.lake import metadatafile
from marketpulse.storage.places import bare
from marketpulse.upkeep.folders import Folders
from marketpulse.upkeep.survey import survey

_MOST_NAMED = 3


@dataclass(frozen=True)
class State:
    """A table as one metadata file has it, with all files of its current snapshot; `notes` tell of older ones."""

    file: Path
    metadata: dict[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The file's place as the table itself would write it, which is elsewhere for a copy that was not moved."""
        return f"{self.metadata['location'].rstrip('/')}/{metadatafile.FOLDER}/{self.file.name}"

    @property
    def made_in(self) -> str:
        """Folder of the warehouse that the table says it belongs to."""
        return metadatafile.made_in(self.path)

    @property
    def rows(self) -> int | None:
        """Rows of the table; None when its writer did not say."""
        current = self.metadata.get("current-snapshot-id")
        found = [s for s in self.metadata.get("snapshots", []) if s["snapshot-id"] == current]
        told = found[0].get("summary", {}).get("total-records") if found else "0"
        return int(told) if told is not None else None


@dataclass(frozen=True)
class Choice:
    """The newest whole state (None: there is none); `named` is the one that the catalog names, when that is whole.

    `missed` says of each newer state, or of the one that the catalog names, what is wrong with it.
    """

    state: State | None
    named: State | None
    missed: list[str]

    @property
    def behind(self) -> bool:
        """True when commits that were made are missing."""
        return bool(self.missed) and (self.state is None or self.state is not self.named)


def newest(home: Path, table: Path, named: Path | None) -> Choice:
    """Look at a table's folder in the warehouse `home`; `named` is the metadata file that the catalog names, if any.

    Where that is whole only steps made on top of it count: another line is one that lost a race.
    """
    trusted, missed = _whole(home, named) if named else (None, [])
    for file in _newest_first(table):
        if trusted and file == named:
            break
        if file == named or (trusted and not _follows(file, trusted)):
            continue
        state, wrong = _whole(home, file)
        missed += wrong
        # As it was created, when all later states are damaged: that is no state to go on from.
        if state and (trusted or not missed or state.metadata.get("snapshots")):
            return Choice(state, trusted, missed)
    return Choice(trusted, trusted, missed)


def _newest_first(table: Path) -> Iterator[Path]:
    """Metadata files by version, then by the time of their commit."""
    files = sorted(metadatafile.files(table), key=_number, reverse=True)
    for _, same in groupby(files, _number):
        group = list(same)
        yield from group if len(group) == 1 else sorted(group, key=_committed, reverse=True)


def _number(file: Path) -> int:
    return metadatafile.version(file.name)


def _committed(file: Path) -> int:
    try:
        return int(metadatafile.read(file).get("last-updated-ms", 0))
    except StorageError:
        return 0


def _follows(file: Path, trusted: State) -> bool:
    """True when the metadata was made on top of `trusted`, as far as it remembers."""
    if _number(file) <= _number(trusted.file):
        return False
    try:
        metadata = metadatafile.read(file)
    except StorageError:
        return True  # what is wrong with it is told when it is looked at
    if metadata.get("table-uuid") != trusted.metadata.get("table-uuid"):
        return False
    log = [Path(bare(entry["metadata-file"])).name for entry in metadata.get("metadata-log", [])]
    return trusted.file.name in log or all(metadatafile.version(name) > _number(trusted.file) for name in log)


def _whole(home: Path, file: Path) -> tuple[State | None, list[str]]:
    """The state that a metadata file has, or what is wrong with it."""
    try:
        metadata = metadatafile.read(file)
    except StorageError as error:
        return None, [str(error)]
    state = State(file, metadata)
    problems = survey(metadata, Folders(home, [state.made_in])).problems
    current = problems.pop(metadata.get("current-snapshot-id") or -1, [])
    if current:
        more = f" and {len(current) - _MOST_NAMED} more" if len(current) > _MOST_NAMED else ""
        return None, [f"{file.name}: {'; '.join(current[:_MOST_NAMED])}{more}"]
    notes = tuple(f"snapshot {number} cannot be read: {wrong[0]}" for number, wrong in problems.items() if wrong)
    return State(file, metadata, notes), []
