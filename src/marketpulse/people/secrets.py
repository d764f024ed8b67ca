"""Secrets that key the hashes of names: each may be succeeded by another one, and destroyed.

    <erasures>/secret-1         made by the first erasure
    <erasures>/secret-2         made by `marketpulse secret rotate`: keys the erasures after it

Hashes cannot be keyed anew, since nobody has the names: older ones keep theirs. Of a secret that is destroyed the
hashes say nothing, of nobody, for ever.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from marketpulse.errors import UsageError
from marketpulse.lake.durable import write_whole
from marketpulse.storage import places

#: Hexadecimal digits of a hash: half of SHA-256.
_DIGITS = 32


@dataclass(frozen=True)
class Secret:
    """One secret, but not what it is: `check` tells whether a file is it. `destroyed_at` is None while it is there."""

    number: int
    made_at: str
    check: str
    destroyed_at: str | None = None


class Keyring:
    """All secrets of a list, in the folder or under the URI `place`; `keys` are those that are not destroyed."""

    def __init__(self, place: str, told: Sequence[Secret] = (), keys: Mapping[int, bytes] | None = None) -> None:
        self.place = place
        self.told = tuple(told)
        self._keys = dict(keys or {})

    @classmethod
    def read(cls, place: str, told: Sequence[Secret]) -> Self:
        """The secrets that a list names. Raise UsageError for one that is not there, or is another one."""
        keys: dict[int, bytes] = {}
        for each in told:
            if each.destroyed_at is None:
                keys[each.number] = (text_of(path_of(place, each.number)) or "").encode()
                if _hash(keys[each.number], "", "") != each.check:
                    what = f"secret {each.number} of the list of erased people is not there, or is another one"
                    hint = "bring it back from a copy: docs/privacy.md"
                    raise UsageError(what, where=path_of(place, each.number), hint=hint)
        return cls(place, told, keys)

    @property
    def newest(self) -> int | None:
        """Number of the secret that keys what comes next; None before the first."""
        number = self.told[-1].number if self.told else None
        return number if number in self._keys else None

    def keyed(self, kind: str, text: str) -> str:
        """What stands for a name from now on."""
        return _hash(self._keys[self.newest], kind, text) if self.newest else ""

    def every(self, kind: str, text: str) -> Iterator[str]:
        """What stands for a name, under each secret."""
        return (_hash(key, kind, text) for key in self._keys.values())

    def with_new(self) -> Self:
        """The secrets and one more, which is written down."""
        number, secret = (self.told[-1].number if self.told else 0) + 1, secrets.token_hex(32)
        write_whole(path_of(self.place, number), secret)
        made = Secret(number, now(), _hash(secret.encode(), "", ""))
        return type(self)(self.place, [*self.told, made], self._keys | {number: secret.encode()})

    def without(self, number: int) -> Self:
        """The secrets, one of them destroyed; its file still is to be removed."""
        told = [replace(each, destroyed_at=now()) if each.number == number else each for each in self.told]
        return type(self)(self.place, told, {n: key for n, key in self._keys.items() if n != number})


def path_of(place: str, number: int) -> str:
    """File of a secret."""
    return f"{place}/secret-{number}"


def _hash(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256").hex()[:_DIGITS]


def text_of(place: str) -> str | None:
    """Text of a file; None where there is none."""
    return places.read_text(place) if places.is_file(place) else None


def now() -> str:
    """The moment (UTC), as the list says it."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
