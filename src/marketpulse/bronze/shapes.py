"""Which columns the files of a feed have: what appears, vanishes or is renamed is told, not passed over.

The columns of a file are its shape. The bronze table remembers the shapes it has seen; one it has not is news.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from marketpulse.errors import GateError
from marketpulse.lake.table import LakeTable
from marketpulse.names import JSON_COLUMNS, LANDED, LINEAGE, SHAPES_KEY

#: Feeds with more kinds of files than that are told of them again.
_MOST = 50


@dataclass(frozen=True)
class Shift:
    """A file whose columns are news: what it has that the file before had not, and what it lacks."""

    file: str
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]

    @property
    def message(self) -> str:
        """What a person reads, behind the name of the file.

        >>> Shift("tills/b.csv", ("rebate",), ("discount",)).message
        'lacks discount and has the new column rebate'
        """
        parts = [f"lacks {', '.join(self.vanished)}"] if self.vanished else []
        if self.appeared:
            parts += [f"has the new column{'s' * (len(self.appeared) > 1)} {', '.join(self.appeared)}"]
        return " and ".join(parts)

    @property
    def hint(self) -> str | None:
        """What it means for those who read the feed."""
        return "what reads a column that is gone gets nulls" if self.vanished else None

    def error(self) -> GateError:
        """Refuse the file."""
        hint = "rename the column in the feed, or take it in: run without --strict"
        return GateError(self.message, where=self.file, hint=hint)


class Shapes:
    """Shapes of one feed, the newest last; `table` is its bronze table, if there is one."""

    def __init__(self, table: LakeTable | None) -> None:
        self._known = _known(table) if table else []

    def meet(self, file: str, columns: Iterable[str]) -> Shift | None:
        """Remember the columns of a file; how they differ from those of the file before when they are news."""
        shape = tuple(sorted(columns))
        before = self._known[-1] if self._known else shape
        is_news = shape not in self._known
        if not is_news:
            self._known.remove(shape)
        self._known = [*self._known, shape][-_MOST:]
        if not is_news or shape == before:
            return None
        appeared = tuple(column for column in shape if column not in before)
        return Shift(file, appeared, tuple(column for column in before if column not in shape))

    def forget_last(self) -> None:
        """The file that was met last does not come in."""
        self._known.pop()

    def state(self) -> dict[str, str]:
        """Property of the bronze table."""
        return {SHAPES_KEY: json.dumps(self._known)}


def missing_columns(table: LakeTable) -> list[str]:
    """Columns of a bronze table that the newest file of the feed did not have, though an earlier one had."""
    known = _known(table)
    return sorted({column for shape in known for column in shape} - set(known[-1])) if known else []


def _known(table: LakeTable) -> list[tuple[str, ...]]:
    """Shapes the table remembers; of one that was made before there were any, all its columns together."""
    text = table.state.get(SHAPES_KEY)
    if text is not None:
        return [tuple(shape) for shape in json.loads(text)]
    if table.snapshot_id is None:  # a run died before its first commit: nothing has come in
        return []
    own = sorted(column for column in table.types if column not in (*LINEAGE, *LANDED, *JSON_COLUMNS))
    return [tuple(own)] if own else []
