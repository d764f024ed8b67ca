"""Rejected rows are corrected by hand: written out, edited, landed again; the old ones are closed.

A corrected row lands beside the file that its old one came from, under a name that follows: it stands where the old one
stood in the order of deliveries, and loses to what came later.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from marketpulse import sql
from marketpulse.engines.views import View
from marketpulse.errors import UsageError
from marketpulse.lake.durable import flush
from marketpulse.landing.naming import archive_of, mended
from marketpulse.names import QUARANTINE
from marketpulse.people.audit import note
from marketpulse.project.source import Source
from marketpulse.run.context import Context
from marketpulse.run.owner import refuse_another
from marketpulse.run.publish import publish
from marketpulse.silver import quarantine
from marketpulse.silver.chosen import chosen
from marketpulse.silver.quarantine import Filter
from marketpulse.storage.places import is_remote, replacing
from marketpulse.visible import no_formula

ID, REASONS = "_quarantine_id", "_reasons"
_PACKED = (".gz", ".bz2", ".xz", ".zst")
Row = dict[str, str]


@dataclass(frozen=True)
class Fixed:
    """What was landed: `files`, by their names; how many `rows`, and how many of those in quarantine are `closed`."""

    files: list[str]
    rows: int
    closed: int


@dataclass(frozen=True)
class Exported:
    """CSV of `rows` rows; `left` says of how many others that match why they are not among them."""

    text: str
    rows: int
    left: dict[str, int]

    @property
    def told(self) -> str:
        """What a person reads.

        >>> Exported("", 2, {"cannot be read": 1}).told
        '2 rows written; left out: 1 (cannot be read)'
        """
        left = ", ".join(f"{count:,} ({why})" for why, count in self.left.items())
        return f"{self.rows:,} row{'s' * (self.rows != 1)} written" + (f"; left out: {left}" if left else "")


def export(context: Context, where: Filter, most: int) -> Exported:
    """CSV of the open rows of one feed that match: id, the columns of their records, reasons. Raise UsageError."""
    matched = quarantine.find(context, where, most)
    readable = [row for row in matched if _record(row)]
    found = [row for row in readable if archive_of(row["source_file"]) is None]
    if readable and not found:
        origin = readable[0]["source_file"]
        raise UsageError(f"{origin} lies in an archive", hint=f"land {archive_of(origin)} again, corrected")
    left = {
        "cannot be read: land their files again": len(matched) - len(readable),
        "lie in archives: land these again, corrected": len(readable) - len(found),
        "older ones: --limit": quarantine.count(context, where) - len(matched),
    }
    if parts := [row["table_name"] for row in found if sql.is_part(row["ingest_id"])]:
        what = f"rows of {parts[0]} are parts of records: one alone cannot be landed"
        raise UsageError(what, hint="land the records again, corrected, or choose another --table")
    feeds = sorted({row["source"] for row in found})
    if len(feeds) != 1:
        what = f"these rows are of {len(feeds)} feeds: {', '.join(feeds)}" if feeds else "no such row can be corrected"
        raise UsageError(
            what, hint="choose one feed: --source" if feeds else "rows that could not be read are not written"
        )
    _source(context, feeds[0])
    records = {row["quarantine_id"]: _record(row) for row in found}
    columns = list(dict.fromkeys(name for record in records.values() for name in record))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([ID, *columns, REASONS])
    for row in found:
        record = records[row["quarantine_id"]]
        told = "; ".join(reason["message"] for reason in json.loads(row["errors"]))
        writer.writerow([row["quarantine_id"], *(no_formula(record.get(name, "")) for name in columns), told])
    return Exported(text.getvalue(), len(found), {why: count for why, count in left.items() if count > 0})


def fix(context: Context, text: str) -> Fixed:
    """Land the rows of an edited export, and close the old ones; the audit trail says so.

    Raise UsageError before anything is written.
    """
    with context.lock(QUARANTINE):  # two corrections of a row would both land
        edited, files = _planned(context, text)
        same = _same(context, Filter(ids=tuple(edited)))
        # Written down before it is done: where that cannot be, or this is killed here, nothing is done unseen.
        note(context, "fix", rows={QUARANTINE: chosen(context, same).rows})
        for path, data in files:
            path.parent.mkdir(parents=True, exist_ok=True)  # beside what came in a stream there is none yet
            with replacing(path) as part:
                part.write_bytes(data)
        # On the disk before the old rows are closed: a power cut would lose both.
        flush([str(path) for path, _ in files], str(context.settings.landing_place))
        closed = quarantine.mark(context, f"select quarantine_id from {same}", "discarded") if same else 0
    publish(context, [QUARANTINE])
    return Fixed(_names(context, files), len(edited), closed)


def rehearse(context: Context, text: str) -> Fixed:
    """What `fix` would land, of how many rows; nothing is written and none is closed. Raise UsageError as it does."""
    edited, files = _planned(context, text)
    return Fixed(_names(context, files), len(edited), 0)


def _names(context: Context, files: Iterable[tuple[Path, bytes]]) -> list[str]:
    place = Path(context.settings.landing_place)
    return [path.relative_to(place).as_posix() for path, _ in files]


def _planned(context: Context, text: str) -> tuple[dict[str, Row], list[tuple[Path, bytes]]]:
    """The rows of an edited export, and the files to land. Raise UsageError."""
    refuse_another(context)
    edited = _edited(text)
    known = {row["quarantine_id"]: row for row in quarantine.find(context, Filter(ids=tuple(edited)), len(edited))}
    if lost := [name for name in edited if name not in known]:
        hint = "export them anew: marketpulse quarantine export; or take the lines out"
        raise UsageError(f"{len(lost):,} of these rows are not open in quarantine, as {lost[0]}", hint=hint)
    return edited, list(_files(context, edited, known))


def _same(context: Context, where: Filter) -> View | None:
    """Open rows that match, and what other tables rejected of the same records."""
    matched, rows = quarantine.matching(context, where), quarantine.matching(context, Filter())
    same = f"select 1 from {matched} as c where c.ingest_id = r.ingest_id"
    return context.engine.define("same", f"select r.* from {rows} as r where exists ({same})") if rows else None


def _record(row: Mapping[str, str]) -> Row:
    """The record of a row as it landed; empty where it could not be read."""
    try:
        found = json.loads(row["raw_record"] or "null")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _source(context: Context, feed: str) -> Source:
    """The feed, where rows of it can be landed one by one. Raise UsageError."""
    source, landing = context.project.sources.get(feed), context.settings.landing_place
    if source is None:
        raise UsageError(f"there is no feed {feed} any more")
    if source.terms.whole:
        what = f"what {feed} delivers is whole: some rows of it would take the place of all"
        raise UsageError(what, hint="land the whole delivery again, corrected")
    if source.groups:
        what = f"lines of {feed} belong together: one alone would lack what stands on the others"
        raise UsageError(what, hint="land the whole file again, corrected")
    if is_remote(landing):
        raise UsageError(f"{landing} is no folder of this machine", hint="land the corrected rows there yourself")
    if source.reader.by_hand([], []) is None:
        raise UsageError(f"rows of {feed}, {source.format}, cannot be written by hand", hint="land the file again")
    return source


def _edited(text: str) -> dict[str, Row]:
    """Rows of the file, by their ids. A spreadsheet may have written semicolons."""
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    if ID not in (rows.fieldnames or ()):
        raise UsageError(f"the file has no column {ID}", hint="edit what marketpulse quarantine export has written")
    found: dict[str, Row] = {}
    for row in _read(rows):
        if None in row or None in row.values() or row[ID] in found:
            raise UsageError(f"line {rows.line_num} is no row of this file, or is there twice", hint="correct the line")
        found[row[ID]] = {name: _plain(value) for name, value in row.items() if name not in (ID, REASONS)}
    if not found:
        raise UsageError("the file has no rows", hint="edit what marketpulse quarantine export has written")
    return found


def _read(rows: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    """The rows of a file. Raise UsageError where its quotes do not close."""
    try:
        yield from rows
    except csv.Error as error:
        hint = "a value with a quote stands in quotes, and its quotes are doubled"
        raise UsageError(f"line {rows.line_num} cannot be read: {error}", hint=hint) from None


def _plain(value: str) -> str:
    """A value without the apostrophe that the export put before what looks like a formula."""
    return value[1:] if value[:1] == "'" and no_formula(value[1:]) == value else value


def _files(
    context: Context, edited: Mapping[str, Row], known: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[Path, bytes]]:
    """The files to land, one beside each that rows came from."""
    groups: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    for name, row in edited.items():
        groups[known[name]["source"], mended(known[name]["source_file"])][name] = row
    for (feed, origin), found in groups.items():
        source, rows = _source(context, feed), list(found.values())
        try:
            data = source.reader.by_hand(list(rows[0]), rows)
        except UnicodeEncodeError as error:
            raise UsageError(f"{error.object[error.start]!r} cannot be written in {error.encoding}") from None
        # Of other rows it is another file, though the text be the same: what was taken back can be corrected again.
        name = _beside(source, origin, "\n".join(sorted(found)).encode() + (data or b""))
        yield Path(context.settings.landing_place) / name, data or b""


def _beside(source: Source, origin: str, told: bytes) -> str:
    """Name, with a digest of `told`, of a file that stands where `origin` does (`naming.FIXED`), of its feed."""
    if archive := archive_of(origin):
        raise UsageError(f"{origin} lies in an archive", hint=f"land {archive} again, corrected")
    suffixes = PurePosixPath(origin).suffixes
    kept = suffixes[-2:] if suffixes[-1:] and suffixes[-1] in _PACKED else suffixes[-1:]
    # Letters alone: digits could be taken for a day.
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(told).hexdigest()[:8])
    name = f"{origin}.fixed-{letters}{''.join(kept)}"
    if not fnmatch(PurePosixPath(name).name, source.pattern):
        raise UsageError(
            f"{name} would not be of {source.name}: its pattern is {source.pattern}", hint="widen the pattern"
        )
    return name
