"""UTF-8 that a feed takes for an encoding of single bytes: every byte of it is a letter there, and every name is wrong.

Text that is really of single bytes is hardly ever valid UTF-8: each of its letters would have to stand before the one
or two signs that make it a letter of UTF-8.
"""

from __future__ import annotations

import codecs
import re

from marketpulse.errors import GateError

_BOM = codecs.BOM_UTF8
#: What people write in UTF-8: accents, signs of money, any script of three bytes. In cp1252 these begin with Â, Ã, â.
_USUAL = re.compile("[\u0080-\u017f\u0800-\U0010ffff]")
_OTHER = re.compile("[\u0180-\u07ff]")
#: A capital before one sign (CAFÉ®) is a letter of UTF-8, too, but of a script that then has no other letter.
_FEW = 3


class Mistaken:
    """Watches the bytes of a file that a feed says is in the encoding `said`, whose codec is `name`."""

    def __init__(self, said: str, name: str) -> None:
        self._said = said
        self._begin: bytes | None = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")() if _is_of_single_bytes(name) else None
        self._is_usual = self._has_part = False
        self._others: set[str] = set()

    def see(self, block: bytes) -> None:
        """Look at the next bytes. Raise GateError where the file begins with the mark of UTF-8."""
        if self._begin is not None:
            self._begin += block[: len(_BOM)]
            if self._begin.startswith(_BOM):
                raise self._error("begins with the mark of UTF-8 (a BOM)")
            self._begin = self._begin if len(self._begin) < len(_BOM) else None
        if self._decoder and (self._has_part or not block.isascii()):
            self._decode(self._decoder, block)

    def end(self) -> None:
        """Raise GateError where all of the file was UTF-8, and not only ASCII."""
        if self._decoder and self._has_part:
            self._decode(self._decoder, b"", final=True)
        if self._decoder and (self._is_usual or len(self._others) >= _FEW):
            raise self._error("is UTF-8")

    def _decode(self, decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> None:
        try:
            text = decoder.decode(block, final)
        except UnicodeDecodeError:
            self._decoder = None  # it is what the feed says, as far as anybody can tell
            return
        self._has_part = bool(decoder.getstate()[0])
        self._is_usual = self._is_usual or bool(_USUAL.search(text))
        if not self._is_usual:
            self._others.update(_OTHER.findall(text))

    def _error(self, what: str) -> GateError:
        told = f"this file {what}, and its feed says {self._said}: its letters would be others"
        return GateError(told, hint=f"say encoding: utf-8, or land it again in {self._said}")


def _is_of_single_bytes(name: str) -> bool:
    """Whether a codec has a letter for each byte; ASCII has none for those of UTF-8, and rejects them anyway."""
    if name == "ascii":
        return False
    return len(bytes(range(0x80, 0x100)).decode(name, errors="replace")) == 0x80
