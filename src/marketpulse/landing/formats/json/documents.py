"""JSON documents and arrays, pretty or not: each document, and each element of an array at the top, is a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.formats.json.cutting import Broken, Cutter, Texts
from marketpulse.landing.formats.json.entering import Inside, entered, entered_by_end, skipping
from marketpulse.landing.formats.json.rows import NAMES, NOT_UTF8, are_text, broken, found_records, whole_texts
from marketpulse.landing.formats.json.source import Source
from marketpulse.landing.formats.json.tokens import scan
from marketpulse.landing.formats.json.unfold import ALONE, elements, unfold
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.numbering import Numbers
from marketpulse.landing.records import Records, malformed

_BLOCK = 2 << 20
#: The place of what is told of the end of a file.
_END = "end"


def read_documents(
    head: bytes, rest: Iterator[bytes], path: Sequence[str], source: Source, found: Records
) -> Iterator[pa.RecordBatch]:
    """Records of a source that begins with `head` and goes on with `rest`; sets `found.doubted` (see `Records`)."""
    inside, stream, limits = None, source.stream, source.limits
    if path and head.lstrip().startswith(b"{"):
        head, rest = _enough(head, rest, limits.record)
        if not _closes(head):
            inside = _inside(head.lstrip(), path, source, is_patient=found.patient is None)
            if inside:
                rest, stream = source.open()
                head, rest = b"", skipping(_stripped(rest), inside.place)
    reader = _Reader(path, limits, inside)
    yield from reader.batches(Cutter(chain([head], rest), limits, inside.depth if inside else 0))
    found.doubted = reader.is_wrong
    if stream.damage:
        yield malformed(NAMES, [(reader.rows + 1, stream.damage, b"")], [pa.array([_END])])


def _inside(head: bytes, path: Sequence[str], source: Source, is_patient: bool) -> Inside | None:
    """Where to go into a document whose end `head` does not hold, if one can."""
    ending = None if is_patient else source.ending()
    by_end = entered_by_end(head, path, ending, source.limits) if ending else None
    return by_end or entered(head, path, lambda: _stripped(source.open()[0]), source.limits)


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
    """Numbers the records of one file; `rows` is the number of the last one.

    It `is_wrong` when what was believed to stand around its records does not.
    """

    def __init__(self, path: Sequence[str], limits: Limits, inside: Inside | None) -> None:
        self._path, self._limits, self._inside = path, limits, inside
        self._count = self._length = 0
        self.rows = 0
        self.is_wrong = False

    def batches(self, cutter: Cutter) -> Iterator[pa.RecordBatch]:
        """Records of all texts."""
        told = False
        for each in cutter.texts():
            if self._inside and self._is_disproved(self._inside, each, cutter.tail):
                self.is_wrong = True
                return
            if self._is_inside(each) and self._inside and self._inside.reason:
                if not told:  # a document that is one record, which cannot be read
                    yield self._broken(self._inside.reason, b"", "1")
                told = True
            elif isinstance(each, Broken):
                yield self._broken(each.reason, each.text, _place(each))
            elif len(each.texts):
                yield from self._texts(each)
        self.is_wrong = self._inside is not None and self._inside.believed not in (None, cutter.tail)

    def _is_disproved(self, inside: Inside, each: Texts | Broken, tail: bytes | None) -> bool:
        """Whether the end of the array is another one than was believed, or there are too many elements for it."""
        if inside.believed is None:
            return False
        if tail is None and isinstance(each, Texts):
            self._count, self._length = self._count + len(each.texts), self._length + each.texts.nbytes
        is_other = tail is not None and tail != inside.believed
        return is_other or inside.wrong(self._count, self._length, self._limits) is not None

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
            rows = numbers.of_records(where)
            for found in elements(texts, around, where + each.element):
                mine = where[found.text]
                yield from found_records(found, rows[found.text], places.take(pa.array(mine)), self._limits)
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
