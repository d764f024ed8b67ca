"""The list of erased people: hashes keyed with a secret, never names.

    <erasures>/secret           made by the first erasure; without it the hashes say nothing, of nobody
    <erasures>/erased.json      one entry an erasure: when, the kind asked for, and the hash of each name

An erasure is entered before anything is changed, and marked as done in the end: whoever comes between the two knows
that it has to be finished first. Each has a number; bronze tables remember the one that they have caught up with.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from marketpulse.errors import StorageError, UsageError
from marketpulse.lake.durable import flush
from marketpulse.lake.trouble import storage_errors
from marketpulse.storage import places

SECRET, LIST = "secret", "erased.json"
_FORMAT = 1
#: Hexadecimal digits of a hash: half of SHA-256.
_DIGITS = 32

#: A name of a person: its kind and its text.
Name = tuple[str, str]


@dataclass(frozen=True)
class Erasure:
    """One erasure: the hash of each name. `done_at` is None while it is at work, or was killed.

    `waits` are tables that could not be built without the person yet: then it is done but for them. `landed` are files
    that held the person in the landing zone.
    """

    number: int
    kind: str
    begun_at: str
    hashes: tuple[str, ...]
    done_at: str | None = None
    waits: tuple[str, ...] = ()
    landed: tuple[str, ...] = ()


class Erased:
    """The list as it was when it was read, in the folder or under the URI `place`."""

    def __init__(self, place: str, erasures: Sequence[Erasure] = (), secret: str = "") -> None:
        self.place = place
        self.erasures = tuple(erasures)
        self._secret = secret.encode()
        self._hashes = frozenset(found for erasure in erasures for found in erasure.hashes)

    @classmethod
    def read(cls, place: str) -> Self:
        """The list of a warehouse. Raise UsageError when it cannot be used: nobody would be kept out."""
        text = _text(f"{place}/{LIST}") if place else None
        if text is None:
            return cls(place)
        try:
            found = json.loads(text)
            erasures = [_entry(each) for each in found["erasures"]]
            check = str(found["check"])
        except (ValueError, KeyError, TypeError) as error:
            hint = "bring it back from a copy: without it people who were erased come back"
            what = "the list of erased people cannot be read"
            raise StorageError(what, where=f"{place}/{LIST}", hint=hint) from error
        known = cls(place, erasures, _text(f"{place}/{SECRET}") or "")
        if known.keyed("", "") != check:
            what = "the secret of the list of erased people is not there, or is another one"
            raise UsageError(what, where=f"{place}/{SECRET}", hint="bring it back from a copy: docs/privacy.md")
        return known

    @property
    def number(self) -> int:
        """The last erasure; 0 when there was none."""
        return self.erasures[-1].number if self.erasures else 0

    @property
    def at_work(self) -> Erasure | None:
        """The first erasure that has not come to its end and waits for nothing."""
        return next((each for each in self.erasures if each.done_at is None and not each.waits), None)

    @property
    def waits(self) -> tuple[str, ...]:
        """Tables that erasures wait for."""
        return tuple(sorted({table for each in self.erasures if each.done_at is None for table in each.waits}))

    def keyed(self, kind: str, text: str) -> str:
        """What stands for a name."""
        return hmac.digest(self._secret, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256").hex()[:_DIGITS]

    def has(self, kind: str, text: str) -> bool:
        """Whether a name is of somebody who was erased."""
        return bool(self._hashes) and self.keyed(kind, text) in self._hashes

    def has_any(self, kinds: Iterable[str], text: str) -> bool:
        """Whether a text is such a name of one of these kinds."""
        return any(self.has(kind, text) for kind in kinds)

    def begin(self, kind: str, names: Iterable[Name]) -> Self:
        """The list with one more erasure, which is written down."""
        secret = self._secret.decode() or _text(f"{self.place}/{SECRET}") or _made(f"{self.place}/{SECRET}")
        keyed = type(self)(self.place, (), secret)
        hashes = tuple(sorted({keyed.keyed(*name) for name in names}))
        return self._written([*self.erasures, Erasure(self.number + 1, kind, _now(), hashes)], secret)

    @property
    def landed(self) -> set[str]:
        """Files that held people in the landing zone, whether they still lie there or not."""
        return {file for each in self.erasures for file in each.landed}

    def finish(self, waits: Sequence[str] = (), landed: Collection[str] = ()) -> Self:
        """The list with every erasure done, but for the tables that it `waits` for; it is written down."""
        at = None if waits else _now()
        new = tuple(sorted({*landed} - self.landed))
        done = [
            each if each.done_at else replace(each, done_at=at, waits=tuple(waits), landed=(*each.landed, *new))
            for each in self.erasures
        ]
        return self._written(done, self._secret.decode())

    def _written(self, erasures: Sequence[Erasure], secret: str) -> Self:
        new = type(self)(self.place, erasures, secret)
        told = {"format": _FORMAT, "check": new.keyed("", ""), "erasures": [asdict(each) for each in erasures]}
        write(f"{self.place}/{LIST}", json.dumps(told, indent=1) + "\n")
        return new


def _entry(said: dict[str, Any]) -> Erasure:
    lists: dict[str, Any] = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Erasure(**{**said, **lists})


def write(place: str, text: str) -> None:
    """Write a file of the folder, whole or not at all, and so that a power cut does not lose it."""
    with storage_errors(place):
        if places.is_remote(place):
            places.write_text(place, text)
            return
        path = Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_text(text, encoding="utf-8")
        flush([str(part)], str(path.parent))
        part.replace(path)
        flush([place], str(path.parent.parent))


def _made(place: str) -> str:
    secret = secrets.token_hex(32)
    write(place, secret)
    return secret


def _text(place: str) -> str | None:
    there = places.exists(place) if places.is_remote(place) else Path(place).is_file()
    return places.read_text(place) if there else None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
