"""What one connection asks: of one state of the warehouse as long as its transaction lasts, within limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

import pyarrow as pa

from marketpulse.engines.limits import Given
from marketpulse.errors import LimitError
from marketpulse.serving.desk import Desk, Look
from marketpulse.serving.noted import note_of
from marketpulse.serving.query import schema, stream
from marketpulse.serving.slots import Slots
from marketpulse.wire.catalogue import Catalogue
from marketpulse.wire.catalogue.shown import MetricColumns
from marketpulse.wire.portals import Portal, columns_of, formats_of, messages_of
from marketpulse.wire.settings import SessionSettings

#: Results that a connection may have open at once: each holds an engine, and one of the places of all. Of the catalogue
#: it may have as many again, and those of all connections have places of their own: tools ask while queries run.
_OPEN = 2


@dataclass(frozen=True)
class House:
    """What all connections share: the warehouse, its name as a database, places for queries, columns of metrics.

    `asides` are places for queries over the catalogue.
    """

    desk: Desk
    name: str
    slots: Slots
    asides: Slots
    kept: MetricColumns = field(default_factory=MetricColumns)


class Asking:
    """The queries of one connection. Whoever sets `stop`, in any thread, stops the one that is at work."""

    def __init__(self, house: House, user: str, settings: SessionSettings) -> None:
        self.stop = Event()
        self._house, self._settings = house, settings
        self._catalogue = Catalogue(house.name, user, settings, house.kept)
        self._closing = ExitStack()
        self._look: Look | None = None
        self._open: dict[bool, int] = {True: 0, False: 0}

    def schema(self, text: str, count: int) -> pa.Schema:
        """Columns of a query's result, whose parameters, so many, are not known yet."""
        given = self._given((None,) * count)
        look = self._seen()
        if (about := self._catalogue.asked(text)) is not None:
            return self._catalogue.schema(look, about, given)
        return schema(look.context, text, look.moment, given)

    def ask(self, text: str, values: Sequence[Any], formats: Sequence[int]) -> Portal:
        """The result of a query, to be read row by row and closed. Raise MarketPulseError as `query` does."""
        given, look = self._given(tuple(values)), self._seen()
        about = self._catalogue.asked(text)
        if about is not None:
            return self._opened(self._house.asides, lambda: portal(self._catalogue.stream(look, about, given), formats))
        read = partial(stream, look.context, text, moment=look.moment, given=given)
        return self._opened(self._house.slots, lambda: portal(read(), formats))

    def end(self) -> None:
        """The transaction is over: the next query may see a newer state."""
        self._look = None
        self._closing.close()

    def _opened(self, places: Slots, make: Callable[[], Portal]) -> Portal:
        """A result in one of the places, which it gives back when it is over."""
        kind = places is self._house.slots
        if self._open[kind] >= _OPEN:
            raise LimitError(f"more than {_OPEN} results are open", hint="read one to its end", sqlstate="53000")
        places.take(self.stop)
        try:
            found = make()
        except BaseException:
            places.give()
            raise
        self._open[kind] += 1

        def over() -> None:
            self._open[kind] -= 1
            places.give()

        found.over = over
        return found

    def _given(self, values: tuple[Any, ...]) -> Given:
        return Given(values, self._settings.seconds, self.stop)

    def _seen(self) -> Look:
        if self._look is None:
            self._look = self._closing.enter_context(self._house.desk.look())
        return self._look


def portal(batches: pa.RecordBatchReader, formats: Sequence[int]) -> Portal:
    """A result, to be read."""
    columns = columns_of(batches.schema)
    each = formats_of(formats, len(columns))
    return Portal(columns, each, messages_of(batches, each), note=note_of(batches.schema))
