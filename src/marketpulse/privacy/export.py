"""All that is known of a person, table by table: what an access request asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketpulse.people import audit
from marketpulse.people.erased import Erased, Name
from marketpulse.privacy import tracing
from marketpulse.privacy.erase import Asked
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Known:
    """Rows of one table that are a person's."""

    table: str
    rows: Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Export:
    """All names of a person, and all rows; `shared` are names that are of others as well."""

    names: tuple[Name, ...]
    shared: tuple[Name, ...]
    tables: tuple[Known, ...]


def export(context: Context, who: Asked) -> Export:
    """Collect it; that somebody did is written down. Raise UsageError for what cannot be asked."""
    names = tracing.asked(context, who.kind, who.texts)
    with tracing.looked_at(context) as feeds:
        found = tracing.person(context, feeds, names, who.only)
        tracing.refuse_named(who.reason, found.names)
        tables = tuple(
            Known(name, [dict(zip(columns, row, strict=True)) for row in rows])
            for name, columns, rows in tracing.rows_of(context, feeds, found.names)
        )
    erased = Erased.read(context.settings.erasures_place)
    hashes = tuple(sorted(erased.keyring.keyed(*name) for name in names)) if erased.keyring.newest else ()
    audit.note(context, "export", who.reason, hashes, rows={each.table: len(each.rows) for each in tables})
    return Export(tuple(sorted(found.names)), tuple(sorted(found.shared)), tables)
