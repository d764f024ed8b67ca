"""How dates and times are written, in the letters that Spark uses (`dd.MM.yyyy HH:mm`), as SQL that reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: What each word of a pattern matches; a letter once stands for one digit or two.
_WORDS = {
    "yyyy": "[0-9]{4}",
    "yy": "[0-9]{2}",
    "MM": "[0-9]{2}",
    "M": "[0-9]{1,2}",
    "dd": "[0-9]{2}",
    "d": "[0-9]{1,2}",
    "HH": "[0-9]{2}",
    "H": "[0-9]{1,2}",
    "hh": "0[1-9]|1[0-2]",
    "h": "0?[1-9]|1[0-2]",
    "mm": "[0-9]{2}",
    "ss": "[0-9]{2}",
    "a": "[AaPp][Mm]",
    "XXX": "Z|[+-][0-9]{2}:[0-9]{2}",
    "XX": "Z|[+-][0-9]{4}",
    **{"S" * digits: f"[0-9]{{{digits}}}" for digits in range(1, 7)},
}
_TIME = frozenset("HhmsSaX")
_PART = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z]", re.DOTALL)


@dataclass(frozen=True)
class Pattern:
    """A pattern, read: the expression that finds its `words`, each a group, and where each of them stands."""

    expression: str
    places: dict[str, int]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Read a pattern. Raise ValueError with what is wrong with it.

        >>> Pattern.of("d.M.yyyy").expression
        '^ *([0-9]{1,2})[.]([0-9]{1,2})[.]([0-9]{4}) *$'
        """
        found, places = "", dict[str, int]()
        for part in _PART.finditer(text):
            word = part[0] if part[2] else None
            if word is None:
                found += "".join(map(_literal, part[1] if part[0].startswith("'") else part[0]))
                continue
            if word not in _WORDS:
                raise ValueError(f"{word} is no part of a date or time: {' '.join(_WORDS)}")
            if word[0] in {known[0] for known in places}:
                raise ValueError(f"{word[0]} stands in it twice")
            places[word] = len(places) + 1
            found += f"({_WORDS[word]})"
        _whole({word[0] for word in places})
        return cls(f"^ *{found} *$", places)

    @property
    def has_time(self) -> bool:
        """Whether it has more than a day."""
        return any(word[0] in _TIME for word in self.places)

    @property
    def has_offset(self) -> bool:
        """Whether it says how far from UTC its clock is."""
        return any(word[0] == "X" for word in self.places)

    def sql(self, column: str) -> str:
        """SQL of a value as SQL writes it; null when it is written otherwise."""
        day = f"concat({self._year(column)}, '-', {self._two(column, 'M')}, '-', {self._two(column, 'd')}"
        if self.has_time:
            parts = [self._hour(column), self._two(column, "m"), self._two(column, "s")]
            fraction = self._group(column, "S")
            more = f", '.', {fraction}" if fraction else ""
            offset = self._offset(column)
            day += f", ' ', {parts[0]}, ':', {parts[1]}, ':', {parts[2]}{more}" + (f", {offset}" if offset else "")
        return f"case when {is_whole(column, self.expression)} then {day}) end"

    def _group(self, column: str, letter: str) -> str | None:
        place = next((place for word, place in self.places.items() if word[0] == letter), None)
        return None if place is None else f"regexp_extract({column}, '{self.expression}', {place})"

    def _offset(self, column: str) -> str | None:
        """The offset with its colon, as SQL writes it."""
        group = self._group(column, "X")
        if "XX" not in self.places:
            return group
        parted = f"concat(substring({group}, 1, 3), ':', substring({group}, 4, 2))"
        return f"case when length({group}) = 5 then {parted} else {group} end"

    def _two(self, column: str, letter: str) -> str:
        group = self._group(column, letter)
        return "'00'" if group is None else f"lpad({group}, 2, '0')"

    def _year(self, column: str) -> str:
        group = self._group(column, "y") or ""
        return f"'20', {group}" if "yy" in self.places else group

    def _hour(self, column: str) -> str:
        half = self._group(column, "a")
        if half is None:
            return self._two(column, "H")
        noon = f"case when upper({half}) = 'PM' then 12 else 0 end"
        hour = f"cast({self._group(column, 'h')} as int) % 12 + {noon}"
        return f"lpad(cast({hour} as string), 2, '0')"


def is_whole(column: str, expression: str) -> str:
    """Condition that a text is what a regular expression (`^…$`) says, and has no line behind it.

    The end of a text is also before the end of its last line, for some engines.
    """
    end = expression.removesuffix("$").replace("'", "\\'")
    return f"concat({column}, '|') rlike '{end}[|]$'"


def _literal(character: str) -> str:
    """A character as itself in a regular expression of every engine, without a backslash."""
    if character in "'\\^":
        raise ValueError(f"{character} cannot stand in it")
    return character if character.isalnum() or character in " -/:," else f"[{character}]"


def _whole(letters: set[str]) -> None:
    """Raise ValueError for letters that make no day, or half a time."""
    if lacking := [name for letter, name in (("y", "year"), ("M", "month"), ("d", "day")) if letter not in letters]:
        raise ValueError(f"it has no {' and no '.join(lacking)}")
    if ("h" in letters) != ("a" in letters):
        raise ValueError("h and a go together: hours from 1 to 12, and which half of the day")
    if {"H", "h"} <= letters:
        raise ValueError("it has the hour twice, H and h")
    if letters & _TIME and not letters & {"H", "h"}:
        raise ValueError("it has minutes or seconds, and no hour")
