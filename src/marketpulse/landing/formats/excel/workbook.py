"""The parts of a workbook: which sheets there are, the texts that cells share, the formats that make numbers dates."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from marketpulse.errors import GateError
from marketpulse.landing.archive import directory
from marketpulse.landing.formats.excel.cells import BUILT_IN, Shown, shown_as, unescaped
from marketpulse.landing.limits import MB, SMALLER, Limits
from marketpulse.landing.markup import End, Event, MarkupError, Start, events, local

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "save it as a workbook of Excel (.xlsx)"
_BLOCK = 256 << 10
#: Texts that cells share are kept: so many times a record, all together.
_TEXTS = 16
_TRUE = {"1", "true", "on"}


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its name, the part of the file that holds it, and whether people see it."""

    name: str
    part: str
    visible: bool


class Workbook:
    """A workbook in `raw`. Raise GateError when it is none, or too large."""

    def __init__(self, raw: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._zip = _opened(raw)
        if sum(each.file_size for each in self._zip.infolist()) > limits.unpacked:
            raise limits.too_large
        try:
            main = self._target("", "officeDocument")
            self._parts = self._related(main)
            self.from_1904, self.sheets = self._sheets(main)
            self.texts = self._texts()
            self.shown = self._shown()
        except (MarkupError, BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError) as error:
            raise GateError(f"the workbook is damaged: {error}", hint="save it again, and land it") from None

    def events(self, part: str) -> Iterator[Event]:
        """Events of a part. Raise KeyError when there is none of the name."""
        with self._zip.open(part) as found:
            yield from events(iter(lambda: found.read(_BLOCK), b""), self._limits.record)

    def _target(self, of: str, kind: str) -> str:
        return next((part for found, part, _ in self._relations(of) if found == kind), "xl/workbook.xml")

    def _relations(self, of: str) -> Iterator[tuple[str, str, str]]:
        """What a part names: kind, part and id."""
        folder, name = posixpath.split(of)
        for event in self.events(posixpath.join(folder, "_rels", f"{name}.rels")):
            if isinstance(event, Start) and event.name == "Relationship":
                given = event.attributes
                target = posixpath.normpath(posixpath.join("/", folder, given.get("Target", ""))).lstrip("/")
                yield given.get("Type", "").rpartition("/")[2], target, given.get("Id", "")

    def _related(self, main: str) -> dict[str, tuple[str, str]]:
        if main.endswith(".bin"):
            raise GateError("this is a binary workbook (.xlsb), which is not read", hint=_SAVE)
        return {name: (kind, part) for kind, part, name in self._relations(main)}

    def _sheets(self, main: str) -> tuple[bool, list[SheetPart]]:
        found, from_1904 = [], False
        for event in self.events(main):
            if not isinstance(event, Start):
                continue
            given = {local(name): value for name, value in event.attributes.items()}
            if event.name == "workbookPr":
                from_1904 = given.get("date1904", "") in _TRUE
            if event.name == "sheet":
                kind, part = self._parts.get(given.get("id", ""), ("", ""))
                if kind == "worksheet":
                    found.append(SheetPart(given["name"], part, given.get("state", "visible") == "visible"))
        return from_1904, found

    def _texts(self) -> list[str]:
        part = next((part for kind, part in self._parts.values() if kind == "sharedStrings"), None)
        texts: list[str] = []
        left = _TEXTS * self._limits.record
        for text in shared(self.events(part)) if part else ():
            texts.append(text)
            left -= len(text) + 50
            if left < 0:
                told = f"its texts have more than {_TEXTS * self._limits.record // MB:,} MB"
                raise GateError(told, hint=f"land a CSV, or {SMALLER}")
        return texts

    def _shown(self) -> list[Shown]:
        """What the formats of cells show, by their number."""
        part = next((part for kind, part in self._parts.values() if kind == "styles"), None)
        codes, found, inside = dict(BUILT_IN), [], False
        for event in self.events(part) if part else ():
            if isinstance(event, End) and event.name == "cellXfs":
                break
            if not isinstance(event, Start):
                continue
            inside = inside or event.name == "cellXfs"
            if event.name == "numFmt":
                codes[int(event.attributes["numFmtId"])] = shown_as(event.attributes.get("formatCode", ""))
            elif inside and event.name == "xf":
                found.append(codes.get(int(event.attributes.get("numFmtId", "0")), Shown.NUMBER))
        return found


def shared(found: Iterator[Event]) -> Iterator[str]:
    """Texts of the items `si`, how they are to be pronounced left out."""
    parts: list[str] = []
    taking, spoken = False, 0
    for event in found:
        if isinstance(event, str):
            parts += [event] if taking and not spoken else []
            continue
        is_start = isinstance(event, Start)
        if event.name == "rPh":
            spoken += 1 if is_start else -1
        elif event.name == "t":
            taking = is_start
        elif event.name == "si" and not is_start:
            yield unescaped("".join(parts))
            parts = []


def _opened(raw: BinaryIO) -> ZipFile:
    first = raw.read(8)
    if first == _OLD:
        told = "this is an old workbook (.xls), or one with a password, which is not read"
        raise GateError(told, hint=f"{_SAVE}, without a password")
    if not first.startswith(b"PK"):
        raise GateError("this is no Excel workbook", hint="land a file of the feed's format")
    found = directory(raw)
    if "[Content_Types].xml" not in found.namelist():
        raise GateError("this is a zip file, and no Excel workbook", hint=_SAVE)
    return found
