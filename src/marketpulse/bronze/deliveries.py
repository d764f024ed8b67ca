"""What is a delivery: bytes for an occasion, once; and a name whose bytes have changed, again.

    a name that brought rows before       news when its bytes are others than those it brought last
    any other name                        news unless a file of its occasion holds these bytes

`landing.naming.occasion` says what an occasion is. What a file holds is what it held when it was last read; what came
in during a run is held as well, so that a file that is renamed and replaced at once counts once.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from marketpulse.landing.files import LandedFile
from marketpulse.landing.limits import USUAL, Limits
from marketpulse.landing.naming import archive_of, mended, occasion
from marketpulse.project.source import Source

Load = tuple[str, str, datetime]
#: Contents that the files of each occasion hold.
Held = Mapping[str, frozenset[str]]
_EPOCH = datetime(1970, 1, 1)


class Seen(NamedTuple):
    """What of a row of the ledger tells whether a file is known. A ledger has many: they are read as tuples."""

    batch_id: str
    source_file: str
    content_sha256: str
    size_bytes: int
    modified_ns: int
    touched_ns: int | None
    is_duplicate: bool
    ingested_at: datetime
    taken_back: str | None = None

    @property
    def load(self) -> Load:
        """What the ledger has once."""
        return self.batch_id, self.source_file, self.ingested_at

    def is_of(self, file: LandedFile) -> bool:
        """Whether the file is as it was: nothing of it need be read."""
        if (self.size_bytes, self.modified_ns) != (file.size, file.modified):
            return False
        if self.touched_ns is None:  # by a release that did not ask; since then nobody may have touched it
            return file.touched <= (self.ingested_at - _EPOCH) // timedelta(microseconds=1) * 1_000
        return self.touched_ns == file.touched


@dataclass(frozen=True)
class Delivery:
    """A file that may be one: where its Parquet goes, the run that loads it, and what its name `brought` before.

    `limits` say how much it may ask of those who read it; `inside` is what the files of an archive brought before.
    `ids` are field ids of the columns that the feed's table has.
    """

    source: Source
    file: LandedFile
    folder: str
    batch_id: str
    ingested_at: str
    brought: tuple[str, ...] = ()
    limits: Limits = USUAL
    inside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ids: Mapping[str, int] = field(default_factory=dict)

    def of_member(self, place: int, file: LandedFile) -> Delivery:
        """The delivery of a file of this archive."""
        return replace(
            self, file=file, folder=f"{self.folder}/{place:05d}", brought=self.inside.get(file.name, ()), inside={}
        )

    @property
    def occasion(self) -> str:
        """What it is delivered for."""
        return self.source.occasion(self.file.name)

    def is_known(self, content: str, held: Held) -> bool:
        """Whether these bytes are no news under this name."""
        if self.brought:
            return content == self.brought[-1]
        return content in held.get(self.occasion, ())

    def identity(self, content: str) -> str:
        """What tells its rows from those of any other delivery: name, content, and how often that name brought it."""
        told = f"{content} {self.brought.count(content)} {self.file.name}"
        return hashlib.sha256(told.encode()).hexdigest()[:20]


class Deliveries:
    """What the files of one feed brought and hold, as far as they were seen; `of` gives the occasion of a name."""

    def __init__(self, of: Callable[[str], str] = occasion) -> None:
        self._occasion = of
        self._loads: set[Load] = set()
        self._last: dict[str, Seen] = {}
        self._brought: dict[str, list[str]] = {}
        self._inside: dict[str, set[str]] = defaultdict(set)
        self._brought_for: dict[str, set[str]] = defaultdict(set)
        self._held: dict[str, set[str]] = defaultdict(set)
        self._taken_back: set[str] = set()
        self._forgotten: set[str] = set()
        self._is_settled = False
        self._latest = datetime.min

    def remember(self, rows: Iterable[Seen]) -> None:
        """Take in rows of the ledger, in their order; those that are here already change nothing."""
        for seen in rows:
            if seen.load in self._loads:
                continue
            self._loads.add(seen.load)
            # Of a name that is new and brought something nothing else is held than it brought.
            self._is_settled &= not seen.is_duplicate and seen.source_file not in self._last
            self._last[seen.source_file] = seen
            self._latest = max(self._latest, seen.ingested_at)
            if seen.taken_back is not None:
                self._taken_back.add(seen.source_file)
            if not seen.is_duplicate:
                self._taken_back.discard(seen.source_file)
                self._brought.setdefault(seen.source_file, []).append(seen.content_sha256)
                if archive := archive_of(seen.source_file):
                    self._inside[archive].add(seen.source_file)
                self._brought_for[self._occasion(seen.source_file)].add(seen.content_sha256)
                self._held[self._occasion(seen.source_file)].add(seen.content_sha256)

    def settle(self) -> None:
        """From here on count as held only what files hold now, not what they held once."""
        if self._is_settled:
            return
        self._is_settled = True
        self._held.clear()
        for name, seen in self._last.items():
            if name in self._taken_back and mended(name) != name:
                continue  # the same correction, of rows that landed since, is another
            # Releases before this one took the same bytes of any occasion for known: what never came in is not held.
            if seen.content_sha256 in self._brought_for[self._occasion(name)]:
                self._held[self._occasion(name)].add(seen.content_sha256)

    def forget(self, most: int) -> bool:
        """Forget what is of the oldest occasions when there are more than `most` names, and be half as large.

        False where that cannot be: an archive may be of another occasion than the files in it.
        """
        if len(self._last) <= most:
            return True
        names: dict[str, list[str]] = {}
        for name in self._last:
            names.setdefault(self._occasion(name), []).append(name)
        if self._inside or self._taken_back or len(names) == 1:
            return False
        left = len(self._last)
        for each in sorted(names, key=lambda each: max(self._last[name].ingested_at for name in names[each]))[:-1]:
            if left > most // 2:
                left -= len(names[each])
                self._forget(each, names[each])
        self._loads = {load for load in self._loads if load[1] in self._last}
        return left <= most

    def _forget(self, occasion: str, names: Iterable[str]) -> None:
        self._forgotten.add(occasion)
        self._held.pop(occasion, None)
        self._brought_for.pop(occasion, None)
        for name in names:
            del self._last[name]
            self._brought.pop(name, None)

    def lacks(self, names: Iterable[str]) -> bool:
        """Whether anything of the occasions of some names was forgotten."""
        return bool(self._forgotten) and any(self._occasion(name) in self._forgotten for name in names)

    def has(self, seen: Seen) -> bool:
        """Whether a row of the ledger is here."""
        return seen.load in self._loads

    def knows(self, file: LandedFile) -> bool:
        """True when exactly this file was what its name last held: nothing need be read."""
        seen = self._last.get(file.name)
        return seen is not None and seen.is_of(file)

    def names(self) -> list[str]:
        """Names whose rows are in bronze: they brought something that was not taken back."""
        return [name for name in self._brought if name not in self._taken_back]

    def taken_back(self, name: str) -> Seen | None:
        """The row that says when and why a name was taken back; None where that is not the last that is known of it."""
        last = self._last.get(name)
        return last if last and last.taken_back is not None else None

    def seen(self, name: str) -> Seen:
        """What a name was last seen with."""
        return self._last[name]

    def brought(self, name: str) -> tuple[str, ...]:
        """Contents that came in under a name, in their order."""
        return tuple(self._brought.get(name, ()))

    def inside(self, archive: str) -> dict[str, tuple[str, ...]]:
        """Contents that came in under the names of the files of an archive.

        One that was taken back is opened again only when it is another: whatever is in it is news.
        """
        last = ("",) if archive in self._taken_back else ()
        return {name: (*self.brought(name), *last) for name in self._inside.get(archive, ())}

    def last(self, name: str) -> str | None:
        """Content that a name was last seen with."""
        return self._last[name].content_sha256 if name in self._last else None

    def held(self, names: Iterable[str]) -> Held:
        """Contents held for the occasions of some files."""
        return {each: frozenset(self._held.get(each, ())) for each in {self._occasion(name) for name in names}}

    def moment(self, now: datetime) -> datetime:
        """Time of the next deliveries: later than that of every one before, whatever a clock says."""
        return max(now, self._latest + timedelta(microseconds=1)) if self._last else now
