"""Files whose names say their day in their own way: `orders_10.03.2026.csv` is `orders_{dd.MM.yyyy}`.

The same regular expression is read here and by the engines, so it has nothing but what all of them understand alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

_PARTS = {
    "yyyy": ("year", "([0-9]{4})"),
    "yy": ("year", "([0-9]{2})"),
    "MM": ("month", "([0-9]{2})"),
    "M": ("month", "([0-9]{1,2})"),
    "dd": ("day", "([0-9]{2})"),
    "d": ("day", "([0-9]{1,2})"),
    "HH": ("hour", "([0-9]{2})"),
}
_PIECE = re.compile(r"yyyy|yy|MM?|dd?|HH|[^A-Za-z]")
_CENTURY = "20"


@dataclass(frozen=True)
class NameDate:
    """Where in its name a file says its day: `yyyy`, `MM`, `dd`, `HH` and so on stand in braces, `*` is anything."""

    pattern: str

    def wrong(self) -> str | None:
        """What is wrong with the pattern; None when it is right."""
        if re.sub(r"\{[^{}]*\}", "", self.pattern).strip("{}") != re.sub(r"\{[^{}]*\}", "", self.pattern):
            return "a brace has no other"
        for inner in re.findall(r"\{([^{}]*)\}", self.pattern):
            if "".join(_PIECE.findall(inner)) != inner or not inner:
                return f"{{{inner}}} is no date: yyyy, yy, MM, M, dd, d and HH, and what stands between them"
        names = [name for name, _ in self._pieces if name]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            return f"it has the {twice[0]} twice"
        lacks = [name for name in ("year", "month", "day") if name not in names]
        return f"it has no {lacks[0]}" if lacks else None

    @cached_property
    def regex(self) -> str:
        """The regular expression of the part of a name that says it."""
        starts, ends = self.pattern.startswith("{"), self.pattern.endswith("}")
        middle = "".join(text for _, text in self._pieces)
        return f"{'(?:^|[^0-9])' if starts else ''}{middle}{'(?:[^0-9]|$)' if ends else ''}"

    def group(self, name: str) -> int | None:
        """Number of the group of the expression that holds the year, month, day or hour."""
        names = [each for each, _ in self._pieces if each]
        return names.index(name) + 1 if name in names else None

    def of(self, path: str) -> tuple[str, str] | None:
        """Day and hour (empty where none is said) of a file, by its path in the feed's folder; None where it says none.

        >>> NameDate("orders_{d.M.yyyy}").of("north/orders_9.3.2026.csv")
        ('2026-03-09', '')
        >>> NameDate("{yyyyMMdd}T{HH}").of("x-20260309T07.csv"), NameDate("{yyyyMMdd}").of("x-20260231.csv")
        (('2026-03-09', '07'), None)
        """
        found = re.search(self.regex, path)
        if found is None:
            return None
        said = {name: found.group(place) for name in ("year", "month", "day", "hour") if (place := self.group(name))}
        try:
            day = date(int(self.century + said["year"]), int(said["month"]), int(said["day"]))
        except ValueError:
            return None
        hour = said.get("hour", "")
        return (day.isoformat(), hour) if not hour or int(hour) < 24 else None

    @property
    def century(self) -> str:
        """What stands before a year of two digits; empty for one of four."""
        return "" if "yyyy" in self.pattern else _CENTURY

    @cached_property
    def _pieces(self) -> list[tuple[str | None, str]]:
        """What each piece of the pattern is, and its expression."""
        found: list[tuple[str | None, str]] = []
        for outer, inner in re.findall(r"([^{}]*)(?:\{([^{}]*)\})?", self.pattern):
            found += [(None, "[^/]*" if letter == "*" else _literal(letter)) for letter in outer]
            found += [_PARTS.get(piece) or (None, _literal(piece)) for piece in _PIECE.findall(inner)]
        return found


def _literal(letter: str) -> str:
    """A letter that stands for itself, in every engine."""
    return letter if letter.isalnum() or letter in "_/" or not letter.isascii() else f"\\{letter}"
