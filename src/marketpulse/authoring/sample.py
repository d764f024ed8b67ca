"""A file -> columns with values, read by the platform itself: as a feed that is not there yet."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from marketpulse import flow
from marketpulse.authoring.apart import apart, columns_of, need_file, rows_of
from marketpulse.authoring.column import Column, Names, identifier
from marketpulse.authoring.fields import fields, fields_of, left_out, lists_in, only_array, place_of
from marketpulse.authoring.looks import Look
from marketpulse.authoring.opening import NONE, Wish, look_at
from marketpulse.errors import UsageError
from marketpulse.landing.formats import format_called
from marketpulse.landing.headers import snake_case
from marketpulse.landing.path import steps
from marketpulse.names import ITEM, LANDED, LINEAGE
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
    """How a file is read (`look`), its `columns`, how many `rows` were looked at, and what was strange.

    `lists` are the ways to lists of objects in a record, as `records` takes them. Where the rows are elements of such a
    list (`is_of_list`), what has none is no row.
    """

    look: Look
    columns: list[Column]
    rows: int
    notes: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    is_of_list: bool = False


def take_sample(settings: Settings, file: Path, wish: Wish = NONE) -> Sample:
    """Look at a file, and at what a person says of it. Raise UsageError for what nobody can tell how to read."""
    need_file(file)
    found = look_at(settings, file, wish)
    read = _read(settings, file, found)
    if found.format == "json" and not wish.records and (path := only_array(read.records)):
        found.say("records", path, "the one array of objects: each of its elements is a record")
        what = f"the file is one document, and the elements of {path} are taken as the records"
        found.doubts.append(f"{what}: if the document is the record, take records: out")
        read = _read(settings, file, found)
    while found.format == "xml" and (again := _repeated(read.malformed, found)):
        found.say("lists", again, "elements that stand several times in a record")
        read = _read(settings, file, found)
    if found.format == "csv" and read.malformed:
        read = _escaped(settings, file, found) or read
    if wish.records and read.records and not (kept := [row for row in read.records if row[ITEM] is not None]):
        raise UsageError(f"{file} has no list at {wish.records}", hint="for example --records 'data[*].line_items[*]'")
    read = read._replace(records=kept) if wish.records and read.records else read
    if not read.records:
        raise _unread(file, read.malformed)
    return _sampled(found, read, wish.records is not None)


def _sampled(found: Look, read: _Read, is_of_list: bool) -> Sample:
    sample = Sample(found, [], len(read.records), [*_told(read.malformed), *read.blocked], is_of_list=is_of_list)
    above = f"{found.options['records']}[*]." if "records" in found.options else ""
    if format_called(found.format).json_columns:
        sample.columns = list(fields(read.records, is_of_list))
        for path, is_list in left_out(read.records, sample.columns):
            if is_list:
                sample.lists.append(f"{above}{path}[*]")
            else:
                what = f"{path} is in no column: a list, or too deep"
                sample.notes.append(f"{what}; get_json_object takes it out in the SQL")
    else:
        taken = snake_case(steps(found.options["records"])[0]) if is_of_list else None
        sample.columns = list(_columns(read.records, read.headers, taken))
        sample.lists = (
            [f"{name}[*]" for name in lists_in(sample.columns)] if found.format in ("parquet", "avro") else []
        )
    return sample


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
    bare = [{n: v for n, v in row.items() if n not in {*LINEAGE, *LANDED} - {ITEM}} for row in rows]
    malformed = [row["_error"] for row in rows_of(context, source.table, "where _error is not null")]
    blocked = [f"{str(each['file']).partition('!/')[2]} is not read: {each['message']}" for each in feed.blocked]
    return _Read(bare, headers, malformed, blocked)


def _columns(records: list[dict[str, Any]], headers: Mapping[str, str], of_list: str | None) -> Iterator[Column]:
    """The columns of a file; the one whose elements are the records as the fields of these."""
    names = Names()
    for name in (name for name in records[0] if name not in (ITEM, of_list)):
        column = names.column(headers.get(name, name), name, identifier(name), [row[name] for row in records])
        yield replace(column, is_around=of_list is not None)
    if of_list:
        yield place_of(records, names)
        yield from fields_of([row[of_list] for row in records], identifier(of_list), names)
