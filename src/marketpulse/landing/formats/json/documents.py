"""JSON documents and arrays, pretty or not: each document, and each element of an array at the top, is a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.formats.json.cutting import Broken, Cutter, Texts
from marketpulse.landing.formats.json.entering import Inside, entered, skipping
from marketpulse.landing.formats.json.rows import NAMES, NOT_UTF8, are_text, broken, found_records, whole_texts
from marketpulse.landing.formats.json.tokens import scan
from marketpulse.landing.formats.json.unfold import ALONE, elements, unfold
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.numbering import Numbers
from marketpulse.landing.records import malformed
from marketpulse.landing.stream import ByteStream

_BLOCK = 2 << 20
#: The place of what is told of the end of a file.
_END = "end"


def read_documents(
    head: bytes,
    rest: Iterator[bytes],
    path: Sequence[str],
    limits: Limits,
    stream: ByteStream,
    reopen: Callable[[], tuple[Iterator[bytes], ByteStream]],
) -> Iterator[pa.RecordBatch]:
    """Records of a stream that begins with `head` and goes on with `rest`; `reopen` reads it anew."""
    inside = None
    if path and head.lstrip().startswith(b"{"):
        head, rest = _enough(head, rest, limits.record)
        if not _closes(head):
            inside = entered(head.lstrip(), path, lambda: _stripped(reopen()[0]), limits)
            if inside:
                rest, stream = reopen()
                head, rest = b"", skipping(_stripped(rest), inside.place)
    reader = _Reader(path, limits, inside)
    yield from reader.batches(Cutter(chain([head], rest), limits, inside.depth if inside else 0))
    if stream.damage:
        yield malformed(NAMES, [(reader.rows + 1, stream.damage, b"")], [pa.array([_END])])


def _enough(head: bytes, rest: Iterator[bytes], most: int) -> tuple[bytes, Iterator[bytes]]:
    """More of the beginning: the first document, or as much as a record may have."""
    parts, size, wanted = [head], len(head), _BLOCK
    for piece in rest:
        parts.append(piece)
        size += len(piece)
        if size > most:
            break
        if size > wanted:
            wanted = 2 * size
            parts = [b"".join(parts)]
            if _closes(parts[0]):
                break
    return b"".join(parts), rest


def _closes(head: bytes) -> bool:
    """Whether the first document ends in `head`."""
    depth = scan(head).depth
    return bool(len(depth)) and bool((depth[1:] <= 0).any())


def _stripped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if text := piece.lstrip():
            yield text
            break
    yield from pieces


class _Reader:
    """Numbers the records of one file; `rows` is the number of the last one."""

    def __init__(self, path: Sequence[str], limits: Limits, inside: Inside | None) -> None:
        self._path, self._limits, self._inside = path, limits, inside
        self.rows = 0

    def batches(self, cutter: Cutter) -> Iterator[pa.RecordBatch]:
        """Records of all texts."""
        told = False
        for each in cutter.texts():
            if self._is_inside(each) and self._inside and self._inside.reason:
                if not told:  # a document that is one record, which cannot be read
                    yield self._broken(self._inside.reason, b"", "1")
                told = True
            elif isinstance(each, Broken):
                yield self._broken(each.reason, each.text, _place(each))
            elif len(each.texts):
                yield from self._texts(each)

    def _is_inside(self, each: Texts | Broken) -> bool:
        return self._inside is not None and each.document == 1 and each.element > 0

    def _broken(self, reason: str, text: bytes, place: str) -> pa.RecordBatch:
        self.rows += 1
        return broken(np.array([self.rows]), [reason], [text], pa.array([place]))

    def _texts(self, each: Texts) -> Iterator[pa.RecordBatch]:
        numbers, places, where = Numbers(self.rows, len(each.texts)), _places(each), np.arange(len(each.texts))
        texts, good = each.texts, are_text(each.texts)
        if good is not None:
            texts, where = texts.filter(pa.array(good)), np.flatnonzero(good)
        inside = self._inside if self._is_inside(each) else None
        path, around = (inside.path, inside.around) if inside else (self._path, ALONE)
        if inside and not path:
            found = elements(texts, around, where + each.element)
            rows = numbers.of_records(where)
            yield from found_records(found, rows, places.take(pa.array(where)), self._limits)
        elif path:
            for found in unfold(texts, path, self._limits, around):
                mine = where[found.text]
                rows = numbers.of_records(mine)
                yield from found_records(found, rows, places.take(pa.array(mine)), self._limits)
        first = numbers.of_texts()
        if not path and not inside:
            yield from whole_texts(texts, first[where], places.take(pa.array(where)), self._limits)
        if good is not None:
            bad = np.flatnonzero(~good)
            raw = [text.as_py() for text in each.texts.cast(pa.binary()).take(pa.array(bad))]
            kept = [text if len(text) <= self._limits.record else start(text) for text in raw]
            yield broken(first[bad], [NOT_UTF8] * len(bad), kept, places.take(pa.array(bad)))
        self.rows = numbers.last


def _place(each: Broken) -> str:
    return f"{each.document}.{each.element}" if each.element else str(each.document)


def _places(each: Texts) -> pa.StringArray:
    count = len(each.texts)
    if not each.element:
        return pc.cast(pa.array(np.arange(count) + each.document), pa.string())
    elements = pc.cast(pa.array(np.arange(count) + each.element), pa.string())
    outer = pa.repeat(pa.scalar(f"{each.document}."), count)
    return pc.binary_join_element_wise(outer, elements, "")
