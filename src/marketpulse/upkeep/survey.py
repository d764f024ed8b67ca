"""What a metadata file of a table refers to, and whether all of it lies in the folder of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketpulse.errors import StorageError
from marketpulse.lake.avrofile import Avro, decode
from marketpulse.lake.manifests import Written, listed, named
from marketpulse.names import KEPT_KEY, OUTBOX_KEY
from marketpulse.upkeep.folders import Folders


@dataclass
class Survey:
    """The files of every snapshot of a table, and for each snapshot what is wrong with them (nothing: it is whole)."""

    problems: dict[int, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    @property
    def all_problems(self) -> list[str]:
        """What is wrong, each once."""
        return list(dict.fromkeys(problem for found in self.problems.values() for problem in found))


def survey(metadata: dict[str, Any], folders: Folders) -> Survey:
    """Look for every file of every snapshot that a metadata file keeps. Nothing is changed, no data file is opened."""
    work = _Surveying(folders)
    for snapshot in metadata.get("snapshots", []):
        work.found.problems[snapshot["snapshot-id"]] = list(work.snapshot(snapshot))
    for place in beside(metadata.get("properties", {})):
        work.found.problems.setdefault(metadata.get("current-snapshot-id") or -1, []).extend(work.file(place, None))
    return work.found


def beside(properties: Mapping[str, str]) -> list[str]:
    """The files that a table needs besides its rows: a bronze table what of the ledger belongs to its last commit.

    Tables made before it was a file have its content there. A silver table what it keeps of rows that are gone.
    """
    place = properties.get(OUTBOX_KEY, "[")
    kept = [path for key, value in properties.items() if key.startswith(KEPT_KEY) for path in value.splitlines()]
    return kept if place.startswith("[") else [place, *kept]


def avro(file: Path, length: int | None = None) -> Avro:
    """A whole Avro file. Raise StorageError when it is missing, damaged, or has not `length` bytes."""
    if problem := missing(file, length):
        raise StorageError(problem)
    return decode(file.read_bytes(), str(file))


def missing(file: Path, length: int | None) -> str | None:
    """What is wrong with a file that should have `length` bytes, if anything is."""
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return f"{file} is missing"
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    return f"{file} has {size:,} bytes and not {length:,}" if length not in (None, size) else None


class _Surveying:
    """Manifests and files are looked at once, however many snapshots share them."""

    def __init__(self, folders: Folders) -> None:
        self.found = Survey()
        self._folders = folders
        self._manifests: dict[str, list[str]] = {}
        self._files: dict[str, list[str]] = {}

    def snapshot(self, snapshot: dict[str, Any]) -> Iterator[str]:
        """What is wrong with the files of one snapshot."""
        try:
            file = self._folders.file(snapshot.get("manifest-list", "a snapshot without a manifest list"))
            self.found.files.add(str(file))
            for manifest in listed(avro(file)):
                if manifest.path not in self._manifests:
                    self._manifests[manifest.path] = list(self._manifest(manifest))
                yield from self._manifests[manifest.path]
        except StorageError as error:
            yield str(error)

    def _manifest(self, manifest: Written) -> Iterator[str]:
        try:
            file = self._folders.file(manifest.path)
            self.found.files.add(str(file))
            for item in named(avro(file, manifest.length)):
                if item.live and item.path not in self._files:
                    self._files[item.path] = list(self.file(item.path, item.size))
                yield from self._files[item.path] if item.live else ()
        except StorageError as error:
            yield str(error)

    def file(self, path: str, size: int | None) -> Iterator[str]:
        """What is wrong with a file that is only looked for; its `size` in bytes, where that is known."""
        try:
            file = self._folders.file(path)
        except StorageError as error:
            yield str(error)
            return
        self.found.files.add(str(file))
        if problem := missing(file, size):
            yield problem
