"""A feed that stopped: files that were expected by now and are not in bronze."""

from __future__ import annotations

from datetime import UTC, date, datetime

from marketpulse.names import LANDED_FILES
from marketpulse.project.expected import Expected
from marketpulse.project.owned import owned
from marketpulse.project.source import Source
from marketpulse.run.context import Context


def overdue(context: Context, source: Source) -> str | None:
    """What of a feed should be there by the time the run began and is not, in words; None when nothing is missing."""
    expected = source.expected
    if expected is None:
        return None
    day = expected.day(context.started)
    found = [rows for found, rows in _delivered(context, source) if found == day]
    lacking = expected.lacks(len(found), sum(found))
    return f"{lacking} of {day} came, expected {_words(expected)}" if lacking else None


def _words(expected: Expected) -> str:
    return f"{expected.every} by {expected.by:%H:%M} {expected.timezone}"


def _delivered(context: Context, source: Source) -> list[tuple[date, int]]:
    """The day and the rows of each file of the feed that was not taken back.

    The day is the one that its name says, or on which it was written (UTC).
    """
    table = context.lake.find(LANDED_FILES)
    if table is None:
        return []
    engine = context.engine.local
    with engine.scope():
        types = owned()[LANDED_FILES].types  # those of releases before lack a column
        known = engine.bind("landed", types, [file.path for file in table.files() if file.bucket == source.name])
        gone = f"""select 1 from {known} as t where t.taken_back is not null
            and t.source_file = l.source_file and t.ingested_at > l.ingested_at"""
        query = f"""select source_file, record_count, modified_ns from {known} as l
            where not is_duplicate and not exists ({gone})"""
        return [(source.day(name) or _written(at), rows) for name, rows, at in engine.rows(query)]


def _written(nanoseconds: int) -> date:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).date()
