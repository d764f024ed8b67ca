"""Files of a table while it is being built: buckets are replaced here, and become visible with the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marketpulse.lake.table import Bucket, FileRef
from marketpulse.storage.places import remove


@dataclass
class Moved:
    """Rows that came and went, where that is known: `came` are files of those, `went` places of these in old files.

    Each of `went` are files of (file, position), and the files of the table that they lie in.
    """

    came: list[str] = field(default_factory=list)
    went: list[tuple[Sequence[str], Sequence[str]]] = field(default_factory=list)


class Buckets:
    """The files of each bucket, starting from `files` (those of the current snapshot, or none)."""

    def __init__(self, committed: Iterable[FileRef], start_empty: bool = False) -> None:
        self._committed = {file.path: file for file in committed}
        self._files: dict[Bucket, list[FileRef]] = {}
        self.moved: Moved | None = None if start_empty else Moved()
        if not start_empty:
            for file in self._committed.values():
                self._files.setdefault(file.bucket, []).append(file)

    def replace(self, buckets: Iterable[Bucket], files: Iterable[FileRef]) -> None:
        """Give `buckets` the content `files`; files of an earlier step of this build are deleted."""
        self.moved = None
        for bucket in buckets:
            for file in self._files.pop(bucket, []):
                if file.path not in self._committed:
                    remove(file.path)
        for file in files:
            self._files.setdefault(file.bucket, []).append(file)

    def exchange(self, out: Iterable[FileRef], files: Iterable[FileRef]) -> None:
        """Put `files` in the place of some files of the build; those of an earlier step are deleted."""
        for file in out:
            self._files[file.bucket].remove(file)
            if file.path not in self._committed:
                self.moved = None  # what the earlier step brought is no more to be read
                remove(file.path)
        for file in files:
            self._files.setdefault(file.bucket, []).append(file)

    def files(self, buckets: Iterable[Bucket] | None = None) -> list[FileRef]:
        """Files of some buckets, or of all."""
        wanted = self._files if buckets is None else buckets
        return [file for bucket in wanted for file in self._files.get(bucket, [])]

    def others(self, buckets: set[Bucket]) -> list[FileRef]:
        """Files of all buckets but these."""
        return [file for bucket, files in self._files.items() if bucket not in buckets for file in files]

    def added(self) -> list[FileRef]:
        """Files the commit must add."""
        return [file for file in self.files() if file.path not in self._committed]

    def beside(self) -> list[FileRef]:
        """Committed files that stay in buckets in which others come or go."""
        changed = {file.bucket for file in (*self.added(), *self.dropped())}
        return [file for file in self.files(changed) if file.path in self._committed]

    def dropped(self) -> list[FileRef]:
        """Files the commit must drop."""
        kept = {file.path for file in self.files()}
        return [file for path, file in self._committed.items() if path not in kept]

    def rows(self) -> int:
        """Rows the table will have."""
        return sum(file.rows for file in self.files())
