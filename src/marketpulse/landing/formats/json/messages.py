"""Messages of a stream: the value of each is read as a line is, but may have line ends in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from marketpulse.landing.formats.json.lines import Texts
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.messages import Messages

NO_VALUE = "the message has no value (in a compacted topic: its key is deleted)"
EMPTY = "the message is empty"
#: Messages that are looked at at once.
_AT_ONCE = 20_000


def read_messages(messages: Messages, path: Sequence[str], limits: Limits) -> Iterator[pa.RecordBatch]:
    """Records of messages, with the place of each. One without a value, or an empty one, cannot be read."""
    rows = 0
    for begin in range(0, len(messages), _AT_ONCE):
        found = _Some(messages, begin, min(begin + _AT_ONCE, len(messages)), rows, limits)
        yield from found.batches(path, limits)
        rows = found.numbers.last


class _Some(Texts):
    """Messages from one to before another; `rows` records stand before them."""

    def __init__(self, messages: Messages, begin: int, end: int, rows: int, limits: Limits) -> None:
        values = messages.values[begin:end]
        self._places = pa.array(messages.places[begin:end])
        reasons = ((at, _wrong(value, limits)) for at, value in enumerate(values))
        self._bad = [
            (at, why, start(values[at] or messages.keys.get(begin + at, b""))) for at, why in reasons if why is not None
        ]
        raw = pa.array([value or b"" for value in values], pa.binary())
        _, offsets, data = raw.buffers()
        texts = pa.StringArray.from_buffers(len(raw), offsets, data or pa.py_buffer(b""))
        super().__init__(texts, rows, has_escapes=any(value and b"\\" in value for value in values))

    def places(self, those: np.ndarray) -> pa.StringArray:
        """See `Texts.places`."""
        return self._places.take(pa.array(those))

    def unreadable(self) -> list[tuple[int, str, bytes]]:
        """See `Texts.unreadable`."""
        good = np.ones(self.count, bool)
        good[[at for at, _, _ in self._bad]] = False
        self._keep(good)
        return self._bad + super().unreadable()


def _wrong(value: bytes | None, limits: Limits) -> str | None:
    """Why a value is not looked into."""
    if value is None:
        return NO_VALUE
    if not value.strip(b" \t\r\n"):
        return EMPTY
    return limits.too_long(len(value), "the message") if len(value) > limits.record else None
