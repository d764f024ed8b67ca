"""How the values of a feed are written where they are not as SQL writes them: numbers, dates, times of a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from marketpulse.errors import DefinitionError
from marketpulse.landing.headers import snake_case
from marketpulse.sql.patterns import Pattern
from marketpulse.sql.uses import READ
from marketpulse.sql.written import Written
from marketpulse.sql.zones import nearest_zone, zone_names
from marketpulse.strict import Strict

Problem = tuple[str, str, str | None]


class Spelling(Strict):
    """How numbers, dates and times are written."""

    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " ", "'"] | None = None
    date: str | None = None
    timestamp: str | None = None
    timezone: str | None = None

    @property
    def kinds(self) -> set[str]:
        """What it says something of: `number`, `date`, `timestamp`."""
        said = {
            "number": self.decimal or self.thousands,
            "date": self.date,
            "timestamp": self.timestamp or self.timezone,
        }
        return {kind for kind, value in said.items() if value}

    def of(self, kind: str) -> Written | None:
        """How a column of a kind is written; None for as SQL writes it."""
        if kind == "number":
            return Written(kind, self.decimal or ".", self.thousands) if kind in self.kinds else None
        if kind == "date" and (self.date or not self.timestamp):
            return Written(kind, pattern=self.date) if self.date else None
        if self.timestamp or (self.timezone and not self.date):
            has_offset = self.timestamp is not None and Pattern.of(self.timestamp).has_offset
            return Written("timestamp", pattern=self.timestamp, timezone=None if has_offset else self.timezone)
        return Written("date", pattern=self.date) if self.date else None

    def wrong(self) -> Iterator[Problem]:
        """What is wrong with it: (option, what, what to do)."""
        if self.thousands and self.thousands == (self.decimal or "."):
            yield "thousands", "thousands and decimals are parted by the same", "say both: decimal and thousands"
        for option, pattern in (("date", self.date), ("timestamp", self.timestamp)):
            try:
                has_time = pattern is not None and Pattern.of(pattern).has_time
            except ValueError as error:
                yield option, f"{pattern!r} cannot be read: {error}", "for example dd.MM.yyyy HH:mm"
                continue
            if has_time and option == "date":
                yield option, f"{pattern!r} has a time of day", "say timestamp"
        if self.timezone and self.timezone not in zone_names():
            yield "timezone", f"{self.timezone!r} is not the name of a time zone", nearest_zone(self.timezone)


class Spelled(Spelling):
    """The same of a whole feed, with columns of their own `formats`."""

    formats: dict[str, Spelling] = {}

    @property
    def spells(self) -> bool:
        """Whether anything is written otherwise than SQL writes it."""
        return bool(self.kinds or self.formats)

    def written(self, uses: Mapping[str, set[str]]) -> dict[str, Written]:
        """How columns are written, of which `uses` says what they become. Raise DefinitionError for one of two kinds.

        >>> Spelled(decimal=",").written({"price": {"number"}, "sold_at": {"timestamp"}})
        {'price': Written(kind='number', decimal=',', thousands=None, pattern=None, timezone=None)}
        """
        found: dict[str, Written | None] = {}
        for column, kinds in uses.items():
            if column in self.formats or kinds == {READ}:
                continue
            if READ in kinds and kinds & self.kinds:
                what = f"{column} is read by a pattern of the mapping, and without one"
                out = "pattern"
                if "number" in kinds:  # replace would find no comma, and take the point before the decimals out
                    what, out = f"{column} is a number, and the mapping reads its text in a way of its own", "replace"
                hint = f"take the {out} out, or say in the feed: formats: {{{column}: {{}}}}"
                raise DefinitionError(what, hint=hint)
            if "number" in kinds and kinds & {"date", "timestamp"} & self.kinds:
                what = f"{column} becomes a number and a {max(kinds - {'number', READ})}: how is it written?"
                raise DefinitionError(what, hint=f"say so in the feed: formats: {{{column}: …}}")
            kind = "number" if "number" in kinds else max(kinds - {READ})
            found[column] = self.of(kind)
        found |= {column: self._own(own) for column, own in self.formats.items()}
        return {column: how for column, how in sorted(found.items()) if how}

    def _own(self, own: Spelling) -> Written | None:
        """How a column with a format of its own is written: what that leaves out is as in the feed."""
        if not own.kinds:
            return None
        (kind,) = own.kinds
        shared = {"number": ("decimal", "thousands"), "date": (), "timestamp": ("timezone",)}[kind]
        said = own.model_dump(exclude_unset=True)
        return Spelling(**{option: getattr(self, option) for option in shared} | said).of(kind)

    def wrong_spelling(self, known: tuple[str, ...]) -> Iterator[Problem]:
        """What is wrong: (option, what, what to do). `known` are all columns, where they are known."""
        yield from self.wrong()
        for column, own in self.formats.items():
            if snake_case(column) != column or (known and column not in known):
                told = f"the feed has {', '.join(known)}" if known else f"write {snake_case(column)}"
                yield "formats", f"no column is called {column!r}", told
            if len(own.kinds) > 1:
                yield "formats", f"{column} is {' and '.join(sorted(own.kinds))}", "a column is written in one way"
            shared = {"decimal": self.decimal} if own.kinds == {"number"} and not own.decimal else {}
            for _, what, hint in own.model_copy(update=shared).wrong():
                yield "formats", f"{column}: {what}", hint


__all__ = ["Spelled", "Spelling"]
