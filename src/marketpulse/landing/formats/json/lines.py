"""JSON lines: a text on each line. What is wrong with one line is that line's problem."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.formats.json.rows import (
    NAMES,
    NOT_UTF8,
    are_text,
    broken,
    found_records,
    whole_records,
)
from marketpulse.landing.formats.json.spelling import escape_pattern
from marketpulse.landing.formats.json.strings import Flags, holding, parts
from marketpulse.landing.formats.json.unfold import unfold
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import NEWLINE, LongLine, whole_lines
from marketpulse.landing.numbering import Numbers
from marketpulse.landing.records import malformed
from marketpulse.landing.stream import ByteStream

_NEWLINE = ord("\n")


def read_lines(
    pieces: Iterator[bytes], path: Sequence[str], limits: Limits, stream: ByteStream
) -> Iterator[pa.RecordBatch]:
    """Records of a stream of lines. A record's number is its line, and one more for each record too many on a line.

    Its place begins with its line: numbers are others behind a line with several records.
    """
    lines = rows = 0
    for block in whole_lines(pieces, NEWLINE, limits):
        if isinstance(block, LongLine):
            yield malformed(NAMES, [(rows + 1, block.reason, block.text)], [_as_text([lines + 1])])
            lines, rows = lines + 1, rows + 1
            continue
        is_ended = block.endswith(b"\n")
        whole = _Block(block if is_ended else block + b"\n", lines + 1, rows)
        yield from whole.batches(path, limits)
        lines, rows = lines + whole.count - (not is_ended), whole.numbers.last
    if stream.damage:
        yield malformed(NAMES, [(rows + 2, stream.damage, b"")], [_as_text([lines + 2])])


class Texts:
    """Texts of which each should be a record, or hold records. `numbers` are those of their records."""

    def __init__(self, texts: pa.StringArray, rows: int, *, has_escapes: bool) -> None:
        self._texts, self._has_escapes = texts, has_escapes
        self.count = len(texts)
        #: Which one each text that is left is.
        self._where = np.arange(len(texts))
        self.numbers = Numbers(rows, len(texts))

    def places(self, those: np.ndarray) -> pa.StringArray:
        """The places of some of the texts."""
        raise NotImplementedError

    def are_places(self, numbers: np.ndarray) -> bool:  # noqa: ARG002 - most places are more than a number
        """Whether the numbers of the records say the places of the texts."""
        return False

    def unreadable(self) -> list[tuple[int, str, bytes]]:
        """Texts that nobody need look into, with the reason; they go from the others."""
        return self._without_what_is_no_text()

    def batches(self, path: Sequence[str], limits: Limits) -> Iterator[pa.RecordBatch]:
        """The records. Most lines are one each: only what has the array is taken apart, no other line is copied."""
        bad = self.unreadable()
        self._without_blank_lines()
        plain, where = self._texts, self._where
        if (nested := self._nested(path)) is not None:
            texts, plain, where = _apart(self._texts, nested), plain.filter(pa.array(~nested)), where[~nested]
            for found in unfold(texts, path, limits, lists=True):
                line = self._where[nested][found.text]
                yield from found_records(found, self.numbers.of_records(line), self.places(line), limits)
        first = self.numbers.of_texts()
        yield whole_records(plain, first[where], None if self.are_places(first) else self.places(where))
        if bad:
            those, reasons, texts = zip(*bad, strict=True)
            at = np.array(those)
            yield broken(first[at], list(reasons), list(texts), self.places(at))

    def _without_what_is_no_text(self) -> list[tuple[int, str, bytes]]:
        good = are_text(self._texts)
        if good is None:
            self._texts = pc.ascii_rtrim(self._texts, "\r\n")
            return []
        raw = self._texts.cast(pa.binary())
        those = zip(self._where[~good].tolist(), raw.filter(pa.array(~good)).to_pylist(), strict=True)
        bad = [(place, NOT_UTF8, text.rstrip(b"\n")) for place, text in those]
        self._keep(good)
        self._texts = pc.ascii_rtrim(self._texts, "\r\n")
        return bad

    def _keep(self, those: np.ndarray) -> None:
        self._texts, self._where = self._texts.filter(pa.array(those)), self._where[those]

    def _without_blank_lines(self) -> None:
        if not pc.all(pc.starts_with(self._texts, "{")).as_py():  # else none is blank
            self._texts = pc.ascii_trim(self._texts, " \t\r\n")
            self._keep(pc.not_equal(self._texts, "").to_numpy(zero_copy_only=False))

    def _nested(self, path: Sequence[str]) -> np.ndarray | None:
        """Which texts may hold records; None when none does."""
        found = _flags(pc.starts_with(self._texts, "["))
        if path:
            found |= holding(self._texts, json.dumps(path[0], ensure_ascii=False))
            if self._has_escapes:
                found |= _flags(pc.match_substring_regex(self._texts, escape_pattern(path[0])))
        return found if found.any() else None


class _Block(Texts):
    """Lines, the first of which is number `first`; `rows` records stand before them."""

    def __init__(self, block: bytes, first: int, rows: int) -> None:
        found = [np.flatnonzero(part == _NEWLINE) + begin for begin, part in parts(np.frombuffer(block, np.uint8))]
        ends = np.concatenate(found) + 1
        offsets = np.concatenate(([0], ends)).astype(np.int32)
        texts = pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
        super().__init__(texts, rows, has_escapes=b"\\" in block)
        self._first = first

    def places(self, those: np.ndarray) -> pa.StringArray:
        """See `Texts.places`: the lines."""
        return _as_text(self._first + those)

    def are_places(self, numbers: np.ndarray) -> bool:
        """See `Texts.are_places`."""
        return bool((numbers == self._first + np.arange(len(numbers))).all())


def _flags(found: pa.BooleanArray) -> Flags:
    return np.array(found.to_numpy(zero_copy_only=False))


def _apart(texts: pa.StringArray, those: np.ndarray) -> pa.StringArray:
    return texts if those.all() else texts.filter(pa.array(those))


def _as_text(lines: Sequence[int] | np.ndarray) -> pa.StringArray:
    return pc.cast(pa.array(lines, pa.int64()), pa.string())
