"""What a setting may be, as a pack says it under `allowed` of its project.yaml (docs/packs.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StrictStr, field_validator
from pydantic_core import PydanticCustomError

from marketpulse import sql
from marketpulse.sql.zones import zone_names
from marketpulse.strict import Strict

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
#: Values of a column of reference data by its full name (`reference.<name>.<column>`): none where it is not there,
#: None where that is not known.
Columns = Callable[[str], Collection[str] | None]
_FEW = 12


class Allowed(Strict):
    """What one setting may be; what is not said is not asked. `write` tells people what to write instead."""

    least: StrictInt | Number | None = None
    most: StrictInt | Number | None = None
    values: list[StrictBool | StrictInt | Number | StrictStr] | None = Field(default=None, min_length=1)
    column: str | None = Field(default=None, pattern=r"^reference\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    pattern: str | None = None
    timezone: StrictBool = False
    write: str = ""

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise PydanticCustomError("pattern", "not a regular expression: {why}", {"why": str(error)}) from None
        return pattern

    def advice(self, value: sql.Value, columns: Columns) -> str | None:
        """What to write instead of a value that cannot be; None for one that can."""
        return next(self._refusals(value, columns), None)

    def misfits(self, value: sql.Value) -> Iterator[str]:
        """What the rule asks that cannot be asked of a value of this kind, in words."""
        is_text, is_number = isinstance(value, str), isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number and (self.least is not None or self.most is not None):
            yield "least and most are for numbers"
        if not is_text and (self.column or self.pattern is not None or self.timezone):
            yield "column, pattern and timezone are for texts"
        if self.pattern is not None and not self.write:
            yield "a pattern tells nobody what to write: say it with write"
        if not self.model_fields_set - {"write"}:
            yield "it says nothing of what the setting may be"

    def _refusals(self, value: sql.Value, columns: Columns) -> Iterator[str]:
        if isinstance(value, int | float) and not _between(value, self.least, self.most):
            yield self.write or _bounds(self.least, self.most)
        known = self._known(columns)
        if known and value not in known:
            yield self._nearest(str(value), [str(each) for each in known])
        if isinstance(value, str) and self.timezone and value not in zone_names():
            yield self._nearest(value, zone_names())
        if isinstance(value, str) and self.pattern is not None and not re.fullmatch(self.pattern, value):
            yield self.write

    def _known(self, columns: Columns) -> Sequence[sql.Value]:
        """All that it may be, said here or in reference data; nothing where not all of it is known."""
        said = [*(self.values or ())]
        if not self.column:
            return said
        listed = columns(self.column)
        return [*said, *sorted(listed)] if listed else []

    def _nearest(self, value: str, known: Sequence[str]) -> str:
        """The value that was meant, else what there is to choose from: many short codes are like each other."""
        by_case = {each.lower(): each for each in known if each}
        close = get_close_matches(value.strip().lower(), by_case, n=1, cutoff=1.0 if self.write else 0.6)
        if close:
            return f"did you mean {by_case[close[0]]}?"
        if self.timezone:
            return self.write or "write a name such as Europe/Berlin, or UTC"
        shown = ", ".join(each or "''" for each in known[:_FEW])
        return self.write or f"write one of {shown}{', …' if len(known) > _FEW else ''}"


def _between(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or least <= value) and (most is None or value <= most)


def _bounds(least: float | None, most: float | None) -> str:
    if least is None or most is None:
        return f"write {most} or less" if least is None else f"write {least} or more"
    return f"write a number from {least} to {most}"
