"""The list of erased people: hashes keyed with a secret, never names.

    <erasures>/erased.json      one entry an erasure: when, the kind asked for, and the hash of each name
    <erasures>/secret-N         keys of these hashes (`secrets`)

An erasure is entered before anything is changed, and marked as done in the end: whoever comes between the two knows
that it has to be finished first. Each has a number; bronze tables remember the one that they have caught up with.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from marketpulse.errors import StorageError
from marketpulse.lake.durable import write_whole
from marketpulse.people.folding import count_words, folded
from marketpulse.people.secrets import Keyring, Secret, now, path_of, text_of
from marketpulse.run.pseudonyms import Pseudonyms, unkeyed
from marketpulse.storage import places

LIST = "erased.json"
_FORMAT = 1
#: Stands in the place of a kind for a name as words of texts are compared with it.
_WORD = ""

#: A name of a person: its kind and its text.
Name = tuple[str, str]


@dataclass(frozen=True)
class Erasure:
    """One erasure: the hash of each name, and which `secret` keys it.

    `done_at` is None while it is at work, or was killed.

    `waits` are tables that could not be built without the person yet: then it is done but for them. `landed` are files
    that held the person in the landing zone. Of a secret that was destroyed there are no hashes. `folded` are hashes of
    the names as words of texts are compared with them, and of what runs name them by; the longest has so many `words`.
    """

    number: int
    kind: str
    begun_at: str
    hashes: tuple[str, ...]
    secret: int
    done_at: str | None = None
    waits: tuple[str, ...] = ()
    landed: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    words: int = 1


class Erased:
    """The list as it was when it was read, in the folder or under the URI `place`."""

    def __init__(self, place: str, erasures: Sequence[Erasure] = (), keyring: Keyring | None = None) -> None:
        self.place = place
        self.erasures = tuple(erasures)
        self.keyring = keyring or Keyring(place)
        self._hashes = frozenset(found for erasure in erasures for found in erasure.hashes)
        self._folded = frozenset(found for erasure in erasures for found in erasure.folded)

    @classmethod
    def read(cls, place: str) -> Self:
        """The list of a warehouse. Raise UsageError when it cannot be used: nobody would be kept out."""
        text = text_of(f"{place}/{LIST}") if place else None
        if text is None:
            return cls(place)
        try:
            found = json.loads(text)
            erasures = [_entry(each) for each in found["erasures"]]
            told = [Secret(**each) for each in found["secrets"]]
        except (ValueError, KeyError, TypeError) as error:
            hint = "bring it back from a copy: without it people who were erased come back"
            what = "the list of erased people cannot be read"
            raise StorageError(what, where=f"{place}/{LIST}", hint=hint) from error
        return cls(place, erasures, Keyring.read(place, told))

    @property
    def number(self) -> int:
        """The last erasure; 0 when there was none."""
        return self.erasures[-1].number if self.erasures else 0

    @property
    def unknown(self) -> int:
        """The last erasure of which nobody knows whom it meant: its secret was destroyed; 0 when there is none."""
        gone = {each.number for each in self.keyring.told if each.destroyed_at}
        return max((each.number for each in self.erasures if each.secret in gone), default=0)

    @property
    def at_work(self) -> Erasure | None:
        """The first erasure that has not come to its end and waits for nothing."""
        return next((each for each in self.erasures if each.done_at is None and not each.waits), None)

    @property
    def waits(self) -> tuple[str, ...]:
        """Tables that erasures wait for."""
        return tuple(sorted({table for each in self.erasures if each.done_at is None for table in each.waits}))

    def has(self, kind: str, text: str) -> bool:
        """Whether a name is of somebody who was erased."""
        return bool(self._hashes) and any(each in self._hashes for each in self.keyring.every(kind, text))

    def has_any(self, kinds: Iterable[str], text: str) -> bool:
        """Whether a text is such a name of one of these kinds."""
        return any(self.has(kind, text) for kind in kinds)

    def has_word(self, text: str) -> bool:
        """Whether a folded text is a name of whatever kind, folded too."""
        return bool(self._folded) and any(each in self._folded for each in self.keyring.every(_WORD, text))

    @property
    def is_folded(self) -> bool:
        """Whether every name that is known by a hash is known folded, too."""
        return all(each.folded or not each.hashes for each in self.erasures)

    @property
    def words(self) -> int:
        """How many words the longest name has."""
        return max((each.words for each in self.erasures), default=1)

    def begin(self, kind: str, names: Iterable[Name]) -> Self:
        """The list with one more erasure, which is written down."""
        keyring = self.keyring if self.keyring.newest else self.keyring.with_new()
        told = {*names}
        hashes = tuple(sorted(keyring.keyed(*name) for name in told))
        called = Pseudonyms(self.place).of
        spelt = {form for _, text in told for form in (folded(text), called(text), unkeyed(text))}
        alike = tuple(sorted({keyring.keyed(_WORD, text) for text in spelt}))
        most = max((count_words(text) for _, text in told), default=1)
        made = Erasure(self.number + 1, kind, now(), hashes, keyring.newest or 0, folded=alike, words=most)
        return self._written([*self.erasures, made], keyring)

    @property
    def landed(self) -> set[str]:
        """Files that held people in the landing zone, whether they still lie there or not."""
        return {file for each in self.erasures for file in each.landed}

    def finish(self, waits: Sequence[str] = (), landed: Collection[str] = ()) -> Self:
        """The list with every erasure done, but for the tables that it `waits` for; it is written down."""
        at = None if waits else now()
        new = tuple(sorted({*landed} - self.landed))
        done = [
            each if each.done_at else replace(each, done_at=at, waits=tuple(waits), landed=(*each.landed, *new))
            for each in self.erasures
        ]
        return self._written(done, self.keyring)

    def rotate(self) -> Self:
        """The list with a new secret for the erasures that come; it is written down."""
        return self._written(self.erasures, self.keyring.with_new())

    def destroy(self, number: int) -> Self:
        """The list without a secret and without the hashes that it keyed; it is written down, then the secret goes."""
        left = [replace(each, hashes=(), folded=()) if each.secret == number else each for each in self.erasures]
        new = self._written(left, self.keyring.without(number))
        places.remove(path_of(self.place, number))
        places.forget_versions(path_of(self.place, number))
        places.forget_versions(f"{self.place}/{LIST}")
        return new

    def _written(self, erasures: Sequence[Erasure], keyring: Keyring) -> Self:
        secrets, entries = [asdict(each) for each in keyring.told], [asdict(each) for each in erasures]
        told = {"format": _FORMAT, "secrets": secrets, "erasures": entries}
        write_whole(f"{self.place}/{LIST}", json.dumps(told, indent=1) + "\n")
        return type(self)(self.place, erasures, keyring)


def _entry(said: dict[str, Any]) -> Erasure:
    lists: dict[str, Any] = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Erasure(**{**said, **lists})
