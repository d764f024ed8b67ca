"""Fixed width: a record a line, each value at its place in the line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from marketpulse.errors import GateError
from marketpulse.landing.encoding import unknown_encoding, wide
from marketpulse.landing.format import Format
from marketpulse.landing.headers import snake_case
from marketpulse.landing.limits import Limits
from marketpulse.landing.lines import ANY, LongLine, whole_lines
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import Records, Wanted, batch, header_names, is_text, malformed
from marketpulse.landing.stream import ByteStream
from marketpulse.names import LANDED, LINEAGE
from marketpulse.strict import Strict

_BOM = b"\xef\xbb\xbf"


class Place(Strict):
    """Where the values of a column stand: so many characters from the one called `start`, of which the first is 1."""

    name: str
    start: int = Field(ge=1, le=1_000_000)
    width: int = Field(ge=1, le=1_000_000)


class FixedWidth(Format):
    """How a line holds its values: `widths` one after the other, or `columns` with their places."""

    title: ClassVar[str] = "a text of fixed width"
    file_kinds: ClassVar[frozenset[str]] = frozenset({"JSON", "XML", "an HTML page"})

    widths: dict[str, int] = {}
    columns: list[Place] = []
    encoding: str = "utf-8"
    skip: int = Field(default=0, ge=0, le=1_000)
    trim: bool = True
    short: bool = False
    nulls: list[str] = [""]

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:
        """See `Format.open`."""
        said = tuple(place.name for place in self._places())
        names = header_names(said, wanted, data.file.name)
        return Records(names, _Reader(names, self).batches(data.stream(self.encoding), data.limits), headers=said)

    def may_be(self, first: bytes) -> Collection[str]:
        """See `Format.may_be`: a first value may be anything that is a text."""
        return self.file_kinds | wide(first, self.encoding)

    def known_columns(self) -> tuple[str, ...]:
        """See `Format.known_columns`."""
        return tuple(snake_case(place.name) for place in self._places())

    def every_column(self) -> tuple[str, ...] | None:
        """See `Format.every_column`."""
        return self.known_columns()

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        option = "columns" if self.columns else "widths"
        if bool(self.widths) == bool(self.columns):
            yield option, "say either widths or columns", "for example widths: {receipt: 8, quantity: 5}"
        for name, width in self.widths.items():
            if width < 1:
                yield "widths", f"{name} is {width} characters wide", "say how many there are"
        known = self.known_columns()
        if twice := sorted({name for name in known if known.count(name) > 1}):
            yield option, f"two columns are called {', '.join(twice)}", "rename one of them"
        for place in self._places():
            if place.name.strip().lower() in {*LANDED, *LINEAGE}:
                yield option, f"{place.name} is a column of the platform", "choose another name"
        yield from unknown_encoding(self.encoding)

    def _places(self) -> list[Place]:
        places, at = list(self.columns), 1
        for name, width in self.widths.items():
            places.append(Place.model_construct(name=name, start=at, width=width))
            at += width
        return places

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Of each column the characters, counted from 0, the end not included."""
        return [(place.start - 1, place.start - 1 + place.width) for place in self._places()]


class _Reader:
    """Records of the lines of a file; the number of a record is that of its line."""

    def __init__(self, names: tuple[str, ...], form: FixedWidth) -> None:
        self._names, self._form, self._spans = names, form, form.spans
        self._width = max(end for _, end in self._spans)
        self._bad: list[tuple[int, str, bytes]] = []

    def batches(self, stream: ByteStream, limits: Limits) -> Iterator[pa.RecordBatch]:
        """All of them; raise GateError when the file ends within the lines to skip."""
        done = 0
        for block in whole_lines(stream.blocks(), ANY, limits):
            if isinstance(block, LongLine):
                done += 1
                self._bad.append((done, block.reason, block.text))
            else:
                lines = (block.removeprefix(_BOM) if done == 0 else block).splitlines()
                yield self._block(lines, done)
                done += len(lines)
            yield from self._told()
        if stream.damage:
            self._bad.append((max(done, self._form.skip) + 1, stream.damage, b""))
            yield from self._told()
        elif 0 < done < self._form.skip:
            told = f"it ends with line {done:,}, and fixed_width.skip leaves out {self._form.skip:,}"
            raise GateError(told, hint="land the file whole, or say fewer lines")

    def _told(self) -> Iterator[pa.RecordBatch]:
        told = [each for each in self._bad if each[0] > self._form.skip]
        if told:
            yield malformed(self._names, told)
        self._bad.clear()

    def _block(self, lines: list[bytes], done: int) -> pa.RecordBatch:
        numbers, kept = [], []
        for number, line in enumerate(lines, start=done + 1):
            if number <= self._form.skip or not line.strip():
                continue
            if is_text(line):
                numbers.append(number)
                kept.append(line.decode("utf-8"))
            else:
                self._bad.append((number, f"not valid {self._form.encoding}", line))
        texts, rows = pa.array(kept, pa.string()), np.array(numbers, np.int64)
        fits = self._fitting(texts)
        for place in np.flatnonzero(~fits):
            text = kept[place]
            self._bad.append((int(rows[place]), f"{len(text):,} characters instead of {self._width:,}", text.encode()))
        good = texts.filter(pa.array(fits))
        return batch(self._names, [self._values(good, span) for span in self._spans], pa.array(rows[fits]))

    def _fitting(self, texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which lines are as long as they should be; blanks at their ends stand for nothing, or are filled up."""
        lengths = pc.utf8_length(texts).to_numpy()
        fits: np.ndarray[tuple[int], np.dtype[np.bool_]] = lengths >= self._width
        if self._form.short:
            fits = np.ones(len(texts), bool)
        if self._form.widths:  # what stands behind the columns is described nowhere
            fits &= pc.utf8_length(pc.utf8_rtrim(texts, " ")).to_numpy() <= self._width
        return fits

    def _values(self, texts: pa.Array, span: tuple[int, int]) -> pa.Array:
        found = pc.utf8_slice_codeunits(texts, *span)
        found = pc.utf8_trim(found, " ") if self._form.trim else found
        nulls = pa.array(self._form.nulls, pa.string())
        return pc.if_else(pc.is_in(found, nulls), pa.scalar(None, pa.string()), found)


FORMAT = FixedWidth
