"""XML: each element of a name is a record, and becomes a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyarrow as pa

from marketpulse.errors import GateError
from marketpulse.landing.format import Format
from marketpulse.landing.limits import Limits, start
from marketpulse.landing.markup import MarkupError, Start, events, local
from marketpulse.landing.opened import OpenedFile
from marketpulse.landing.records import BATCH_ROWS, Records, Wanted, batch, malformed
from marketpulse.landing.stream import ByteStream
from marketpulse.names import JSON_COLUMNS

#: Name of the text of an element that has attributes or elements besides.
_VALUE = "_value"
#: What XML takes for blanks: what Unicode adds to them belongs to a value.
_BLANK = " \t\r\n"
#: Elements inside of each other that a record may have.
_DEEPEST = 100
#: Bytes whose records become a batch.
_PIECE = 16 << 20
#: Attributes of that space say what a schema needs, and `nil`, that an element has no value.
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance "


class Xml(Format):
    """Which elements are records: `order`, or `export/orders/order` for those in these; which hold lists."""

    title: ClassVar[str] = "XML"
    #: Elements may be called as those of HTML are; XML says itself how it is encoded.
    file_kinds: ClassVar[frozenset[str]] = frozenset({"XML", "an HTML page", "UTF-16 text"})
    columns_given: ClassVar[tuple[str, ...]] = JSON_COLUMNS
    json_columns: ClassVar[tuple[str, ...]] = JSON_COLUMNS

    record: str
    lists: list[str] = []

    def open(self, data: OpenedFile, wanted: Wanted) -> Records:  # noqa: ARG002 - every file has the same columns
        """See `Format.open`."""
        return Records(JSON_COLUMNS, _Reader(self, data.limits).batches(data.stream(None)))

    def problems(self) -> Iterator[tuple[str, str, str | None]]:
        """See `Format.problems`."""
        if not all(self.record.split("/")):
            yield "record", f"{self.record!r} names no element", "for example order, or orders/order"


@dataclass
class _Node:
    """An element of a record while it is read."""

    name: str
    fields: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    is_nil: bool = False

    def value(self) -> Any:
        """A text where there is nothing else; None for an element that is empty."""
        text = "".join(self.texts).strip(_BLANK)
        if self.is_nil:
            return None
        if self.fields and text:
            self.fields[_VALUE] = text
        return self.fields or text or None


class _Reader:
    """Records of a document, numbered as they come."""

    def __init__(self, form: Xml, limits: Limits) -> None:
        self._wanted, self._lists, self._limits = form.record.split("/"), frozenset(form.lists), limits
        self._path: list[str] = []
        self._around: list[dict[str, str]] = []
        self._open: list[_Node] = []
        self._wrong: str | None = None
        self._size = self._number = 0
        self._others: dict[str, None] = {}

    def batches(self, stream: ByteStream) -> Iterator[pa.RecordBatch]:
        """All of them; raise GateError when there is none, but elements of other names."""
        good: list[tuple[int, str, str | None]] = []
        bad: list[tuple[int, str, bytes]] = []
        size = 0
        for number, found, envelope, wrong in self._records(stream):
            size += len(found)
            if wrong:
                bad.append((number, wrong, start(found.encode("utf-8"))))
            else:
                good.append((number, found, envelope))
            if len(good) + len(bad) >= BATCH_ROWS or size > _PIECE:
                yield from _together(good, bad)
                good, bad, size = [], [], 0
        yield from _together(good, bad)
        if not self._number and self._others:
            hint = f"the file has {', '.join(self._others)}: say xml.record"
            raise GateError(f"it has no element {'/'.join(self._wanted)}", hint=hint)

    def _records(self, stream: ByteStream) -> Iterator[tuple[int, str, str | None, str | None]]:
        """Number, JSON, envelope and what is wrong of each record."""
        wrong = None
        try:
            yield from self._whole(stream)
        except MarkupError as error:
            wrong = str(error)
        # What is well formed may be damaged all the same: what it was packed in says so.
        if wrong := stream.damage or wrong:
            if not self._number:
                raise GateError(wrong, hint="land a file of the feed's format")
            yield self._number + (not self._open), "", None, wrong

    def _whole(self, stream: ByteStream) -> Iterator[tuple[int, str, str | None, str | None]]:
        """The records that end; raise MarkupError for what is not well formed."""
        for event in events(stream.blocks(), self._limits.record):
            if isinstance(event, str):
                self._text(event)
            elif isinstance(event, Start):
                self._start(event)
            else:
                self._path.pop()
                if self._open and (done := self._end()):
                    yield done
                elif len(self._around) > len(self._path):
                    self._around.pop()

    def _start(self, event: Start) -> None:
        self._path.append(event.name)
        if not self._open and self._path[-len(self._wanted) :] != self._wanted:
            given = {f"_{local(key)}": value for key, value in event.attributes.items() if not _is_schema(key)}
            self._around.append(given)
            if len(self._path) > 1 and len(self._others) < 20:
                self._others[event.name] = None
            return
        if not self._open:
            self._number, self._size, self._wrong = self._number + 1, 0, None
        if len(self._open) >= _DEEPEST:
            self._wrong = self._wrong or f"more than {_DEEPEST} elements lie inside of each other"
        node = _Node(event.name)
        for key, value in event.attributes.items():
            if key == f"{_SCHEMA}nil":
                node.is_nil = value in ("true", "1")
            elif not _is_schema(key) and self._fits(len(key) + len(value)):
                self._add(node, f"_{local(key)}", value)
        self._fits(len(event.name) + 8)
        self._open.append(node)

    def _end(self) -> tuple[int, str, str | None, str | None] | None:
        node = self._open.pop()
        if self._open:
            if self._wrong is None:
                self._add(self._open[-1], node.name, node.value())
            return None
        value = node.value()
        whole = value if isinstance(value, dict) else {_VALUE: value} if value is not None else {}
        around = {name: given for name, given in zip(self._path, self._around, strict=False) if given}
        told = "" if self._wrong and self._size > self._limits.record else json.dumps(whole, ensure_ascii=False)
        return self._number, told, json.dumps(around, ensure_ascii=False) if around else None, self._wrong

    def _text(self, text: str) -> None:
        if self._open and self._fits(len(text)):
            self._open[-1].texts.append(text)

    def _fits(self, more: int) -> bool:
        """Whether the record is still as long as it may be."""
        self._size += more
        if self._size > self._limits.record:
            self._wrong = self._wrong or self._limits.too_long(self._size)
        return self._wrong is None

    def _add(self, node: _Node, name: str, value: Any) -> None:
        if name in self._lists:
            node.fields.setdefault(name, []).append(value)
        elif name in node.fields or name == _VALUE:
            told = f"{name} stands several times in {node.name}"
            self._wrong = self._wrong or f"{told}: if it is a list, say so in xml.lists"
        else:
            node.fields[name] = value


def _is_schema(key: str) -> bool:
    return key.startswith(_SCHEMA)


def _together(good: list[tuple[int, str, str | None]], bad: list[tuple[int, str, bytes]]) -> Iterator[pa.RecordBatch]:
    if good:
        numbers, found, envelopes = zip(*good, strict=True)
        yield batch(JSON_COLUMNS, [pa.array(found, pa.string()), pa.array(envelopes, pa.string())], pa.array(numbers))
    if bad:
        yield malformed(JSON_COLUMNS, bad)


FORMAT = Xml
