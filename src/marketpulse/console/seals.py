"""What a page has shown before somebody says yes to it: said once, and to nothing else.

A form carries a word and a seal over the word and over all that was shown. The key is of this process, so a form of
yesterday's console, or one that somebody else has made, does nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

#: Outcomes that are kept to be looked at again.
_MOST = 200
_BYTES = 16
Outcome = TypeVar("Outcome")


@dataclass
class Seals(Generic[Outcome]):
    """Seals of one console, and what came of the words that were used: None while it is being done."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _used: dict[str, Outcome | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def seal(self, shown: Sequence[str]) -> tuple[str, str]:
        """A new word, and the seal over it and what was `shown`."""
        word = secrets.token_hex(_BYTES)
        return word, self._over(word, shown)

    def holds(self, word: str, seal: str, shown: Sequence[str]) -> bool:
        """Whether this was shown, with this word."""
        return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), self._over(word, shown).encode())

    def take(self, word: str) -> bool:
        """Use a word; False where it was used before."""
        with self._lock:
            if word in self._used:
                return False
            self._used[word] = None
            return True

    def keep(self, word: str, outcome: Outcome) -> None:
        """Remember what came of it; the oldest goes."""
        with self._lock:
            self._used[word] = outcome
            done = [each for each, found in self._used.items() if found is not None]
            for each in done[: max(0, len(done) - _MOST)]:
                self._used[each] = None

    def free(self, word: str) -> None:
        """Nothing came of it: it may be used again."""
        with self._lock:
            self._used.pop(word, None)

    def found(self, word: str) -> Outcome | None:
        """What came of a word; None where nothing did, or it is long ago."""
        with self._lock:
            return self._used.get(word)

    def _over(self, word: str, shown: Sequence[str]) -> str:
        told = json.dumps([word, *shown]).encode()
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()
