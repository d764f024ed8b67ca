"""A file -> columns with values, read by the platform itself: as a feed that is not there yet."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marketpulse import flow
from marketpulse.authoring.apart import apart, columns_of, need_file, rows_of
from marketpulse.authoring.column import Column, Names, identifier
from marketpulse.authoring.looks import Look, look
from marketpulse.authoring.sheets import say_header
from marketpulse.errors import GateError, UsageError
from marketpulse.landing.files import LandedFile
from marketpulse.landing.formats import format_called
from marketpulse.landing.headers import snake_case
from marketpulse.landing.limits import MB, Limits
from marketpulse.landing.opened import OpenedFile, opened
from marketpulse.names import JSON_COLUMNS, LANDED, LINEAGE
from marketpulse.project.project import load_project
from marketpulse.run.context import Context
from marketpulse.settings import Settings
from marketpulse.sql import SPARK

#: So many rows are looked at, and so many bytes tell how a file is read.
ROWS, _BYTES = 10_000, 1 << 20
#: Fields inside of fields that are columns: `a.b.c`.
_DEEP = 3
_NAME = "sample"
_SEVERAL = re.compile(r"(\S+) stands several times in ")

#: Records that could be read, what the file calls their columns, and why others could not.
_Read = tuple[list[dict[str, Any]], Mapping[str, str], list[str]]


@dataclass
class Sample:
    """How a file is read (`look`), its `columns`, how many `rows` were looked at, and what was strange."""

    look: Look
    columns: list[Column]
    rows: int
    notes: list[str] = field(default_factory=list)


def take_sample(settings: Settings, file: Path, sheet: str | None = None) -> Sample:
    """Look at a file, of a workbook at the `sheet`. Raise UsageError for what nobody can tell how to read."""
    need_file(file)
    found = _look(settings, file, sheet)
    records, headers, malformed = _read(settings, file, found)
    if found.format == "json" and (path := _only_array(records)):
        found.say("records", path, "the one array of objects: each of its elements is a record")
        what = f"the file is one document, and the elements of {path} are taken as the records"
        found.doubts.append(f"{what}: if the document is the record, take records: out")
        records, headers, malformed = _read(settings, file, found)
    while found.format == "xml" and (again := _repeated(malformed, found)):
        found.say("lists", again, "elements that stand several times in a record")
        records, headers, malformed = _read(settings, file, found)
    if found.format == "csv" and malformed:
        records, headers, malformed = _escaped(settings, file, found) or (records, headers, malformed)
    if not records:
        raise _unread(file, malformed)
    is_json = bool(format_called(found.format).json_columns)
    columns = list(_fields(records) if is_json else _columns(records, headers))
    sample = Sample(found, columns, len(records), _told(malformed))
    sample.notes += list(_left_out(records, columns)) if is_json else []
    return sample


def _escaped(settings: Settings, file: Path, found: Look) -> _Read | None:
    """What is read where backslashes escape; None where some record cannot be read even so."""
    found.say("escape", "\\", "records that cannot be read without it can be read with it")
    read = _read(settings, file, found)
    if not read[2]:
        return read
    del found.options["escape"], found.why["escape"]
    return None


def _unread(file: Path, malformed: Sequence[str]) -> UsageError:
    """Why a file gives no record: the reason that most of its rows have."""
    if not malformed:
        return UsageError(f"no record of {file} could be read: it holds none", hint="give a sample with a few records")
    ((reason, _),) = Counter(malformed).most_common(1)
    hint = "give a sample whose records can be read, or write the source by hand (docs/sources.md)"
    return UsageError(f"no record of {file} could be read: {reason}", hint=hint)


def _told(malformed: Sequence[str]) -> list[str]:
    return [f"{len(malformed):,} records cannot be read: {malformed[0]}"] if malformed else []


def _repeated(malformed: Sequence[str], found: Look) -> list[str]:
    """The elements that are lists, with those that just turned out to be; none where there are no more."""
    known = found.options.get("lists", [])
    new = {said[1] for reason in malformed if (said := _SEVERAL.match(reason))} - set(known)
    return sorted({*known, *new}) if new else []


def _look(settings: Settings, file: Path, sheet: str | None) -> Look:
    limits = Limits(settings.record_mb * MB, settings.unpacked_mb * MB)
    stat = file.stat()
    landed = LandedFile(str(file.resolve()), file.name, stat.st_size, stat.st_mtime_ns)
    with TemporaryDirectory(prefix="marketpulse-") as scratch, opened(landed, Path(scratch), limits) as data:
        if data is None:
            raise UsageError(f"{file} cannot be opened", hint="give a file that stays where it is")
        try:
            inner = (data.members or [data])[0]
            first, is_whole = _first(inner)
            found = look(first, is_whole)
            _of_sheet(found, file, sheet)
            if found.format == "excel":
                say_header(inner, found)
        except GateError as error:
            raise UsageError(f"{file}: {error.message}", hint=error.hint) from None
        return found


def _of_sheet(found: Look, file: Path, sheet: str | None) -> None:
    """Say the sheet that was asked for. Raise UsageError for a file without any."""
    if sheet is None:
        return
    if "sheet" not in format_called(found.format).model_fields:
        raise UsageError(f"{file} has no sheets", hint="leave --sheet out")
    found.say("sheet", sheet, "the one that was asked for")


def _first(data: OpenedFile) -> tuple[bytes, bool]:
    found = b""
    for piece in data.pieces():
        found += piece
        if len(found) >= _BYTES:
            return found[:_BYTES], False
    return found, True


def source_text(name: str, found: Look) -> str:
    """The bare source of a feed that is read so."""
    block = f"{found.format}: {json.dumps(found.options, ensure_ascii=False)}\n" if found.options else ""
    return f"name: {name}\ndescription: A sample.\nowner: nobody\nformat: {found.format}\n{block}"


def _read(settings: Settings, file: Path, found: Look) -> _Read:
    """Records of the file that could be read, what it calls its columns, and why others could not."""
    with TemporaryDirectory(prefix="marketpulse-") as folder:
        for name, text in (("project.yaml", f"name: {_NAME}\n"), (f"sources/{_NAME}.yaml", source_text(_NAME, found))):
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_text(text, encoding="utf-8")
        project = load_project(Path(folder))
        project.check()
        with apart(settings, project, f"{_NAME}/ingest_date=2000-01-01/{file.name.lstrip('._')}", file) as context:
            return _records(context, file)


def _records(context: Context, file: Path) -> _Read:
    source = context.project.sources[_NAME]
    (feed,) = flow.run(context, flow.Options(stages=frozenset({"ingest"}))).feeds
    if feed.blocked:
        first = feed.blocked[0]
        hint = "give a sample without that, or write the source by hand (docs/sources.md)"
        raise UsageError(f"{file}: {first['message']}", hint=f"{hint}: {first['hint']}" if first["hint"] else hint)
    rows = rows_of(context, source.table, f"where _error is null order by _source_file, _source_row limit {ROWS}")
    headers = {name: header for header, name in columns_of(context, source)}
    bare = [{n: v for n, v in row.items() if n not in {*LINEAGE, *LANDED}} for row in rows]
    malformed = [row["_error"] for row in rows_of(context, source.table, "where _error is not null")]
    return bare, headers, malformed


def _columns(records: list[dict[str, Any]], headers: Mapping[str, str]) -> Iterator[Column]:
    names = Names()
    for name in records[0]:
        yield names.column(headers.get(name, name), name, identifier(name), [row[name] for row in records])


class _Literal(str):
    """A number as JSON writes it: it has one meaning."""

    __slots__ = ()


class _Whole(str):
    """An object or a list, as the text that SQL gets of it."""

    __slots__ = ()


def _fields(records: list[dict[str, Any]]) -> Iterator[Column]:
    """Fields of JSON records that hold one value in some record, also inside of others."""
    found: dict[tuple[str, ...], list[str | None]] = {}
    for place, row in enumerate(records):
        for path, value in _leaves(json.loads(row[JSON_COLUMNS[0]], parse_float=_Literal, parse_int=_Literal), ()):
            values = found.setdefault(path, [])
            values += [None] * (place - len(values)) + [value]
    names = Names()
    for path, values in found.items():
        wholes = [value for value in values if isinstance(value, _Whole)]
        if wholes and all(value is None or isinstance(value, _Whole) for value in values):
            continue
        steps = "".join(f".{step}" if step.isidentifier() and step.isascii() else f"['{step}']" for step in path)
        if all(step.isprintable() and not set(step) & set("'\"\\") for step in path):
            read = f"get_json_object({JSON_COLUMNS[0]}, {SPARK.text('$' + steps)})"
            rest: list[str | None] = [None] * (len(records) - len(values))
            column = names.column(".".join(path), snake_case("_".join(path)), read, values + rest)
            column.is_literal = all(isinstance(value, _Literal) for value in column.sure)
            if wholes:
                told = f"is one value in some records, and an object or a list in {len(wholes):,} others"
                column.doubts.append(f"{told}: say in the SQL what it is then")
            yield column


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    if path and isinstance(value, dict | list):
        yield path, _Whole(json.dumps(value, ensure_ascii=False))
    if isinstance(value, dict) and len(path) < _DEEP:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, bool):
        yield path, str(value).lower()
    elif path and (value is None or isinstance(value, str)):
        yield path, value


def _only_array(records: list[dict[str, Any]]) -> str | None:
    """Name of the field that holds all records, of a file that is one document around them."""
    if len(records) != 1:
        return None
    document = json.loads(records[0][JSON_COLUMNS[0]])
    found = [name for name, value in document.items() if _is_list(value)]
    return found[0] if len(found) == 1 and found[0].isidentifier() else None


def _left_out(records: list[dict[str, Any]], columns: Sequence[Column]) -> Iterator[str]:
    """What of JSON records is in no column."""
    taken = {column.header for column in columns}
    found: dict[str, bool] = {}
    for row in records:
        for name, value in json.loads(row[JSON_COLUMNS[0]]).items():
            for path, is_list in _others(value, name, 1):
                found[path] = found.get(path, False) or is_list
    for path, is_list in sorted(found.items()):
        if is_list:
            yield f"{path} holds objects: a second feed over the same files makes rows of them (docs/sources.md)"
        elif path not in taken:
            yield f"{path} is in no column: a list, or too deep; get_json_object takes it out in the SQL"


def _others(value: Any, path: str, depth: int) -> Iterator[tuple[str, bool]]:
    """Paths of values that are not single ones within reach; whether they are lists of objects."""
    if isinstance(value, dict) and depth < _DEEP:
        for name, inner in value.items():
            yield from _others(inner, f"{path}.{name}", depth + 1)
    elif isinstance(value, list | dict):
        yield path, _is_list(value)
    elif value is not None:
        yield path, False


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
