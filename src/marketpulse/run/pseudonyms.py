"""What stands for a personal identifier wherever people read: in queries, pages, errors and Redshift's copies.

    <erasures>/pseudonyms       the secret that keys them, made when it is first needed

A pseudonym is SHA-256 of the secret and the identifier behind it. So it is the same everywhere, and still joins and
counts people, but a list of customer numbers does not find them; with the secret destroyed, nothing does. Who has one
can make that of the same text with more bytes behind it ("length extension"), which tells of nobody.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import cached_property
from typing import Self

from marketpulse.errors import StorageError
from marketpulse.lake.durable import write_first, write_whole
from marketpulse.sql import DUCKDB
from marketpulse.storage import places

#: Letters of a secret, of six bits each: with a UUID behind them they are one block of SHA-256, which is 55 bytes.
_LETTERS = 19
_SECRET = re.compile(rf"[\w-]{{{_LETTERS}}}", re.ASCII)


class Pseudonyms:
    """Pseudonyms of one warehouse, whose secrets lie in the folder or under the URI `place`."""

    def __init__(self, place: str) -> None:
        self.place = f"{place}/pseudonyms"

    @classmethod
    def made_up(cls) -> Self:
        """Of a secret that is none, for who is shown how a query runs, and so what stands in it."""
        found = cls("")
        found.__dict__["secret"] = "0" * _LETTERS
        return found

    @cached_property
    def secret(self) -> str:
        """The secret, made where there is none. Raise StorageError where it can be neither read nor made."""
        if not places.is_file(self.place):
            try:
                write_first(self.place, _made())
            except StorageError as error:
                what = f"there is no secret for pseudonyms yet, and none can be made: {error.message}"
                hint = "whoever may write there runs: marketpulse run"
                raise StorageError(what, where=self.place, hint=hint) from error
        found = places.read_text(self.place).strip()
        if not _SECRET.fullmatch(found):
            hint = "bring it back from a copy, or make another: marketpulse secret renew"
            raise StorageError("the secret for pseudonyms is damaged", where=self.place, hint=hint)
        return found

    def of(self, value: object) -> str:
        """What stands for an identifier: 64 hexadecimal digits."""
        return hashlib.sha256(f"{self.secret}{value}".encode(errors="surrogatepass")).hexdigest()

    def duckdb(self, text: str) -> str:
        """The same of an expression of text, as an expression of DuckDB's SQL; the secret is in it."""
        return f"sha256({DUCKDB.text(self.secret)} || {text})"

    def renew(self) -> None:
        """Destroy the secret, and make another: nobody can tell any more for whom old pseudonyms stand."""
        write_whole(self.place, _made())
        places.forget_versions(self.place)
        self.__dict__.pop("secret", None)


def _made() -> str:
    return secrets.token_urlsafe(_LETTERS)[:_LETTERS]


def unkeyed(value: object) -> str:
    """What stood for an identifier before there was a secret: runs of then may have told it."""
    return hashlib.sha256(str(value).encode(errors="surrogatepass")).hexdigest()
