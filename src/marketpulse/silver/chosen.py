"""Which rejected rows somebody has seen: who acts on them later acts on these, or on none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from marketpulse.engines.views import View
from marketpulse.errors import UsageError
from marketpulse.run.context import Context
from marketpulse.units import plural

#: Each id as a number of 28 digits, the same on every engine; 10 billion of them fit into the sum.
_SUM = "sum(cast(translate(left(md5(quarantine_id), 28), 'abcdef', '012345') as decimal(38, 0)))"
_TEXT = re.compile(r"([0-9]{1,18})-([0-9]{1,38})", re.ASCII)


@dataclass(frozen=True)
class Chosen:
    """How many rows, and which: a sum over their ids needs neither their order nor memory.

    It tells rows that came and went from those that were seen; it is no proof against who picks ids.
    """

    rows: int = 0
    which: int = 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What `str` has written; None for anything else.

        >>> Chosen.read(str(Chosen(2, 70))), Chosen.read("2")
        (Chosen(rows=2, which=70), None)
        """
        found = _TEXT.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.rows}-{self.which}"


def chosen(context: Context, rows: View | None) -> Chosen:
    """Which rows there are; None has none."""
    if rows is None:
        return Chosen()
    ((count, which),) = context.engine.rows(f"select count(*), {_SUM} from {rows}")
    return Chosen(int(count), int(which or 0))


def expect(context: Context, rows: View | None, expected: Chosen | None) -> Chosen:
    """Which rows these are. Raise UsageError where they are not those that somebody has seen; None has seen none."""
    now = chosen(context, rows)
    if expected is None or now == expected:
        return now
    what = f"these are {plural(now.rows, 'row')} by now, and not {expected.rows:,}"
    if now.rows == expected.rows:
        what = f"these are as many rows, {now.rows:,}, but not all the same ones by now"
    raise UsageError(f"{what}: nothing was changed", hint="look at them again, and say once more what to do")
