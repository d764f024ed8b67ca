"""Values as people have them, and some as nobody expects them."""

from __future__ import annotations

from random import Random

_PLAIN = ["Socks", "WS-1", "0007", "1.234,56", "-12.5", "1e5", "2026-03-01", "N/A", "NULL", "true", "a b", " x", "y "]
_ODD = ["Größe", "单价 €", "😀", "e\u0301", "\u2028", "\x85", "\xa0", "a\tb", "\u202eabc", "a\ufeff", "ﬁ", "\x0b"]
_MORE = ["\x1f", "\\", "\\N", "#", "=", "''"]


def text(dice: Random, marks: str = "", encoding: str = "utf-8") -> str:
    """A value; `marks` are what part values or have a sense of their own in the format."""
    found = ""
    while True:
        roll = dice.random()
        if roll < 0.15:
            found = ""
        elif roll < 0.6:
            found = dice.choice(_PLAIN)
        elif roll < 0.8:
            found = dice.choice(_ODD + _MORE) + dice.choice(["", "a", " "])
        else:
            found = "".join(dice.choices("ab 1" + marks, k=dice.randint(1, 7)))
        if is_in(found, encoding):
            return found


def is_in(value: str, encoding: str) -> bool:
    """Whether an encoding has all characters of a text."""
    try:
        return value.encode(encoding).decode(encoding) == value
    except UnicodeError:
        return False
