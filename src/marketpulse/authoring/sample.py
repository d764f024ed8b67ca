"""A file -> columns with values, read by the platform itself: as a feed that is not there yet."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from marketpulse import flow
from marketpulse.authoring.apart import apart, columns_of, need_file, rows_of
from marketpulse.authoring.column import Column, Names, identifier
from marketpulse.authoring.fields import fields, left_out, only_array
from marketpulse.authoring.looks import Look
from marketpulse.authoring.opening import NONE, Wish, look_at
from marketpulse.errors import UsageError
from marketpulse.landing.formats import format_called
from marketpulse.names import LANDED, LINEAGE
from marketpulse.project.project import load_project
from marketpulse.run.context import Context
from marketpulse.settings import Settings

#: So many rows are looked at.
ROWS = 10_000
_NAME = "sample"
_SEVERAL = re.compile(r"(\S+) stands several times in ")


class _Read(NamedTuple):
    """Records that could be read, what the file calls their columns, why others could not, and which files were not."""

    records: list[dict[str, Any]]
    headers: Mapping[str, str]
    malformed: list[str]
    blocked: list[str]


@dataclass
class Sample:
    """How a file is read (`look`), its `columns`, how many `rows` were looked at, and what was strange."""

    look: Look
    columns: list[Column]
    rows: int
    notes: list[str] = field(default_factory=list)


def take_sample(settings: Settings, file: Path, wish: Wish = NONE) -> Sample:
    """Look at a file, and at what a person says of it. Raise UsageError for what nobody can tell how to read."""
    need_file(file)
    found = look_at(settings, file, wish)
    read = _read(settings, file, found)
    if found.format == "json" and (path := only_array(read.records)):
        found.say("records", path, "the one array of objects: each of its elements is a record")
        what = f"the file is one document, and the elements of {path} are taken as the records"
        found.doubts.append(f"{what}: if the document is the record, take records: out")
        read = _read(settings, file, found)
    while found.format == "xml" and (again := _repeated(read.malformed, found)):
        found.say("lists", again, "elements that stand several times in a record")
        read = _read(settings, file, found)
    if found.format == "csv" and read.malformed:
        read = _escaped(settings, file, found) or read
    if not read.records:
        raise _unread(file, read.malformed)
    return _sampled(found, read)


def _sampled(found: Look, read: _Read) -> Sample:
    is_json = bool(format_called(found.format).json_columns)
    columns = list(fields(read.records) if is_json else _columns(read.records, read.headers))
    notes = [*_told(read.malformed), *read.blocked, *(left_out(read.records, columns) if is_json else ())]
    return Sample(found, columns, len(read.records), notes)


def _escaped(settings: Settings, file: Path, found: Look) -> _Read | None:
    """What is read where backslashes escape; None where some record cannot be read even so."""
    found.say("escape", "\\", "records that cannot be read without it can be read with it")
    read = _read(settings, file, found)
    if not read.malformed:
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


def source_text(name: str, found: Look) -> str:
    """The bare source of a feed that is read so."""
    block = f"{found.format}: {json.dumps(found.options, ensure_ascii=False)}\n" if found.options else ""
    needs = f"required: {json.dumps(found.needs)}\n" if found.needs else ""
    return f"name: {name}\ndescription: A sample.\nowner: nobody\nformat: {found.format}\n{needs}{block}"


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
    if feed.blocked and not feed.records:
        first = feed.blocked[0]
        hint = "give a sample without that, or write the source by hand (docs/sources.md)"
        raise UsageError(f"{file}: {first['message']}", hint=f"{hint}: {first['hint']}" if first["hint"] else hint)
    rows = rows_of(context, source.table, f"where _error is null order by _source_file, _source_row limit {ROWS}")
    headers = {name: header for header, name in columns_of(context, source)}
    bare = [{n: v for n, v in row.items() if n not in {*LINEAGE, *LANDED}} for row in rows]
    malformed = [row["_error"] for row in rows_of(context, source.table, "where _error is not null")]
    blocked = [f"{str(each['file']).partition('!/')[2]} is not read: {each['message']}" for each in feed.blocked]
    return _Read(bare, headers, malformed, blocked)


def _columns(records: list[dict[str, Any]], headers: Mapping[str, str]) -> Iterator[Column]:
    names = Names()
    for name in records[0]:
        yield names.column(headers.get(name, name), name, identifier(name), [row[name] for row in records])
