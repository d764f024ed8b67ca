"""Files of a table while it is being built: buckets are replaced here, and become visible with the commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marketpulse.lake.table import Bucket, FileRef
from marketpulse.storage.places import remove


@dataclass
class Moved:
    """Files of the rows that came, and of those that went, where that is known."""

    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)


class Buckets:
    """The files of each bucket, starting from `files` (those of the current snapshot, or none)."""

    def __init__(self, committed: Iterable[FileRef], start_empty: bool = False) -> None:
        self._committed = {file.path: file for file in committed}
        self._files: dict[Bucket, list[FileRef]] = {}
        self.moved: Moved | None = None if start_empty else Moved()
        self._fresh: list[str] | None = []
        if not start_empty:
            for file in self._committed.values():
                self._files.setdefault(file.bucket, []).append(file)

    def replace(self, buckets: Iterable[Bucket], files: Iterable[FileRef]) -> None:
        """Give `buckets` the content `files`; files of an earlier step of this build are deleted."""
        self.moved = None
        for bucket in buckets:
            for file in self._files.pop(bucket, []):
                self._leave(file)
        self._come(files, None)

    def exchange(self, out: Iterable[FileRef], files: Iterable[FileRef], came: Sequence[str] | None = None) -> None:
        """Put `files` in the place of some files of the build; those of an earlier step are deleted.

        Of the rows of `files` only those in the files `came` are new, where that is known.
        """
        for file in out:
            self._files[file.bucket].remove(file)
            self._leave(file)
        self._come(files, came)

    def _leave(self, file: FileRef) -> None:
        if file.path not in self._committed:
            self.moved = self._fresh = None  # what the earlier step brought is no more to be read
            remove(file.path)

    def _come(self, files: Iterable[FileRef], fresh: Sequence[str] | None) -> None:
        paths = []
        for file in files:
            self._files.setdefault(file.bucket, []).append(file)
            paths.append(file.path)
        if self._fresh is not None:
            self._fresh += paths if fresh is None else fresh

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

    def fresh(self) -> list[str]:
        """Files of all rows that the table did not have before; besides, there may be some that it had."""
        return [file.path for file in self.added()] if self._fresh is None else [*self._fresh]

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
