"""A file of this machine -> how it is read; an archive is read as the first of its members that holds data."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from marketpulse.authoring.looks import Look, look
from marketpulse.authoring.sheets import say_header
from marketpulse.errors import GateError, UsageError
from marketpulse.landing.archive import is_beside
from marketpulse.landing.encoding import encoding_of, unknown_encoding
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats import format_called
from marketpulse.landing.kinds import kind_of
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile, opened
from marketpulse.landing.path import wrong_path
from marketpulse.landing.records import Wanted
from marketpulse.settings import Settings

#: So many bytes tell how a file is read.
_BYTES = 1 << 20


@dataclass(frozen=True)
class Wish:
    """What a person says of a sample: a workbook's `sheet`, a text's `encoding`, the lists that hold the `records`."""

    sheet: str | None = None
    encoding: str | None = None
    records: str | None = None


NONE = Wish()


def look_at(settings: Settings, file: Path, wish: Wish) -> Look:
    """How a file is read. Raise UsageError for what nobody can tell how to read, or a wish that is none of it."""
    limits = Limits(settings.record_mb * MB, settings.unpacked_mb * MB)
    stat = file.stat()
    landed = LandedFile(str(file.resolve()), file.name, stat.st_size, stat.st_mtime_ns)
    with TemporaryDirectory(prefix="marketpulse-") as scratch, opened(landed, Path(scratch), limits) as data:
        if data is None:
            raise UsageError(f"{file} cannot be opened", hint="give a file that stays where it is")
        try:
            return _of_archive(data.members, wish) if data.members is not None else _looked(data, wish)
        except GateError as error:
            raise UsageError(f"{file}: {error.message}", hint=error.hint) from None


def _of_archive(members: Sequence[OpenedFile], wish: Wish) -> Look:
    """How the first member that can be read is; those that only people read are looked at last."""
    wrong: GateError | UsageError | None = None
    for member in sorted(members, key=lambda each: is_beside(each.file.name, [""])):
        try:
            found = _looked(member, wish)
        except (GateError, UsageError) as error:
            wrong = wrong or UsageError(f"{_called(member)}: {error.message}", hint=error.hint)
            continue
        if found.format == "csv" and any(is_beside(each.file.name, [member.file.name]) for each in members):
            found.needs = _first_name(member, found)
        return found
    raise wrong or UsageError("the archive holds no file", hint="give a sample with a few records")


def _called(member: OpenedFile) -> str:
    return member.file.name.replace("!/", ": ", 1)


def _first_name(data: OpenedFile, found: Look) -> list[str]:
    """A column that tells the data from what stands beside it; none where no header names one."""
    records = format_called(found.format)(**found.options).read(data, Wanted())
    return list(records.names[:1]) if found.options.get("header", True) else []


def _looked(data: OpenedFile, wish: Wish) -> Look:
    first, is_whole = _first(data)
    found = look(first if wish.encoding is None else _decoded(first, is_whole, wish.encoding), is_whole)
    _of_encoding(found, wish.encoding)
    _of_sheet(found, wish.sheet)
    _of_records(found, wish.records)
    if found.format == "excel":
        say_header(data, found)
    return found


def _decoded(first: bytes, is_whole: bool, encoding: str) -> bytes:
    """A text as UTF-8; what says itself how it is encoded, or is none, as it is. Raise UsageError for no such text."""
    for _, wrong, hint in unknown_encoding(encoding):
        raise UsageError(wrong, hint=hint)
    if kind_of(first) not in (None, "UTF-16 text", "JSON"):
        return first
    decoder = codecs.getincrementaldecoder(encoding_of(first, encoding))()
    try:
        return decoder.decode(first, is_whole).encode()
    except UnicodeDecodeError as error:
        told = f"the file is no {encoding}: {error.reason}, at byte {error.start + 1:,}"
        raise UsageError(told, hint="leave --encoding out, or say another") from None


def _of_encoding(found: Look, encoding: str | None) -> None:
    """Say the encoding that was asked for. Raise UsageError for a file that is no text, or says it itself."""
    if encoding is None:
        return
    if "encoding" not in format_called(found.format).model_fields:
        raise UsageError(f"of {found.format} nobody says an encoding", hint="leave --encoding out")
    found.say("encoding", encoding, "the one that was asked for")


def _of_sheet(found: Look, sheet: str | None) -> None:
    """Say the sheet that was asked for. Raise UsageError for a file without any."""
    if sheet is None:
        return
    if "sheet" not in format_called(found.format).model_fields:
        raise UsageError("the file has no sheets", hint="leave --sheet out")
    found.say("sheet", sheet, "the one that was asked for")


def _of_records(found: Look, records: str | None) -> None:
    """Say where the records are. Raise UsageError for a format that has none inside of others, or for no way."""
    if records is None:
        return
    if "records" not in format_called(found.format).model_fields:
        hint = "leave --records out; explode makes rows of a list in the SQL (docs/rows.md)"
        raise UsageError(f"{found.format} has no records inside of records", hint=hint)
    for _, wrong, what in wrong_path(records):
        raise UsageError(f"--records: {wrong}", hint=what)
    found.say("records", records, "the lists that were asked for: each element is a record")


def _first(data: OpenedFile) -> tuple[bytes, bool]:
    found = b""
    for piece in data.pieces():
        found += piece
        if len(found) >= _BYTES:
            return found[:_BYTES], False
    return found, True
