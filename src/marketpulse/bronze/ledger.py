"""The ledger `bronze.landed_files`: one row a landed file and load.

Which file is a delivery is told by its content (SHA-256) and its name (see `deliveries`); size and times only save
reading it again. Data and ledger are two tables, so the rows of the ledger lie first in a file, the outbox, which the
bronze table's own commit names (property `marketpulse.landed`): whoever comes next completes them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from marketpulse.bronze.deliveries import Deliveries, Seen
from marketpulse.errors import DamagedFileError
from marketpulse.lake.durable import flush
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.names import LANDED_FILES, OUTBOX_KEY
from marketpulse.project.owned import owned
from marketpulse.project.source import Source
from marketpulse.run.append import append
from marketpulse.run.context import Context, as_text
from marketpulse.storage import places

#: Files of a feed that a process knows from one run to the next; of more those of the newest occasions.
_MOST = 20_000


@dataclass(frozen=True)
class LedgerRow:
    """One landed file and what became of it."""

    source: str
    source_file: str
    content_sha256: str
    size_bytes: int
    modified_ns: int
    record_count: int
    malformed_count: int
    is_duplicate: bool
    batch_id: str
    ingested_at: str
    touched_ns: int | None = None
    taken_back: str | None = None

    @property
    def seen(self) -> Seen:
        """What tells whether the file is known."""
        own = {name: getattr(self, name) for name in Seen._fields}
        return Seen(**own | {"ingested_at": datetime.fromisoformat(self.ingested_at)})


@dataclass(frozen=True)
class Known:
    """What a process knows of the ledger of a feed: its rows as of a `snapshot`, and the `outbox` that is in it."""

    source: Source
    deliveries: Deliveries
    snapshot: int | None
    outbox: str | None


class Ledger:
    """Files of one feed that are already in bronze, as of the snapshot `bronze` of that table.

    `names` are the files that will be asked for; what is `known` is not read again unless somebody else changed it.
    """

    def __init__(
        self,
        context: Context,
        source: Source,
        read_only: bool = False,
        known: Known | None = None,
        names: Sequence[str] = (),
    ) -> None:
        self._context = context
        self._source = source
        # First the snapshot, then the rows: a load of another machine in between is met by the commit.
        found = context.lake.find(source.table)
        self.bronze = found.snapshot_id if found else None
        table = context.lake.find(LANDED_FILES)
        self._snapshot = table.snapshot_id if table else None
        self._outbox = found.state.get(OUTBOX_KEY) if found else None
        carried = self._carried() if not read_only and not (known and known.outbox == self._outbox) else []
        self.is_known = known is not None and self._is_still(known, table, [*names, *(r.source_file for r in carried)])
        if known and self.is_known:
            self.deliveries = known.deliveries
        else:
            self.deliveries = Deliveries(source.occasion)
            self.deliveries.remember(self._read(table))
        if not all(self.deliveries.has(row.seen) for row in carried):
            self.add(carried)
        self.deliveries.settle()
        #: When the next deliveries come in, as text.
        self.moment = as_text(self.deliveries.moment(context.started))

    def known(self) -> Known | None:
        """What may be kept of it for the next time, when all that was committed was added."""
        if not self.deliveries.forget(_MOST):
            return None
        return Known(self._source, self.deliveries, self._snapshot, self._outbox)

    def _is_still(self, known: Known, table: LakeTable | None, names: Sequence[str]) -> bool:
        """Whether nobody else has written rows of this feed since, and nothing that is asked for was forgotten."""
        if known.source is not self._source or known.deliveries.lacks(names):
            return False
        if table is None or known.snapshot is None or known.snapshot == table.snapshot_id:
            return known.snapshot == self._snapshot
        if not table.has_snapshot(known.snapshot):
            return False
        return not any(file.bucket == self._source.name for file in table.changes(known.snapshot).files)

    def outbox(self, rows: Sequence[LedgerRow], table: LakeTable) -> dict[str, str]:
        """Write the rows beside the bronze `table`; the property with which its commit names them."""
        place = f"{self._context.folder(table.name)}/landed.json"
        places.write_text(place, outbox_text(rows))
        flush([place], self._context.lake.layout.warehouse)
        self._outbox = place
        return {OUTBOX_KEY: place}

    def _carried(self) -> list[LedgerRow]:
        """The rows that the last bronze commit named; nobody may have written them down yet."""
        return outbox_rows(self._outbox, self._source.table) if self._outbox else []

    def add(self, rows: Sequence[LedgerRow]) -> None:
        """Append rows that are not there yet; many small files become one on the way."""
        with self._context.lock(LANDED_FILES):
            own = owned()[LANDED_FILES]
            table = self._context.lake.ensure(LANDED_FILES, own.types, own.partition, said=own.said)
            if table.snapshot_id != self._snapshot:  # somebody else wrote since
                self.deliveries.remember(self._read(table))
            missing = [row for row in rows if not self.deliveries.has(row.seen)]
            if missing:
                self._snapshot = append(self._context, table, [asdict(row) for row in missing], self._files(table))
        self.deliveries.remember(row.seen for row in rows)

    def _files(self, table: LakeTable) -> list[FileRef]:
        return [file for file in table.files() if file.bucket == self._source.name]

    def _read(self, table: LakeTable | None) -> list[Seen]:
        if table is None:
            return []
        # Ledgers of releases before lack a column.
        types = {name: owned()[LANDED_FILES].types[name] for name in Seen._fields}
        engine = self._context.engine.local
        with engine.scope():
            known = engine.bind("ledger", types, [file.path for file in self._files(table)])
            query = f"select {', '.join(Seen._fields)} from {known} order by ingested_at, batch_id, source_file"
            return [Seen(*row) for row in engine.rows(query)]


def taken_back(context: Context) -> list[str]:
    """Names of landed files of which something was ever taken back."""
    table = context.lake.find(LANDED_FILES)
    if table is None or "taken_back" not in table.types:
        return []
    with context.engine.scope():
        files = context.engine.bind("files", table.types, [file.path for file in table.files()])
        query = f"select distinct source_file from {files} where taken_back is not null order by source_file"
        return [row[0] for row in context.engine.rows(query)]


def outbox_text(rows: Sequence[LedgerRow]) -> str:
    """What stands in an outbox."""
    return json.dumps([asdict(row) for row in rows])


def outbox_rows(place: str, table: str) -> list[LedgerRow]:
    """Rows that an outbox of a bronze `table` has.

    Raise DamagedFileError where it is missing or damaged: which files are new cannot be told then. That stops this
    feed, and no other.
    """
    # Warehouses made before the outbox was a file have the rows themselves there.
    if not place.startswith("[") and not places.is_file(place):
        raise _lost(place, table, "is missing")
    try:
        with places.readable_errors(place):
            text = place.encode() if place.startswith("[") else _bytes(place)
        return [LedgerRow(**row) for row in json.loads(text)]
    except (ValueError, TypeError):
        raise _lost(place, table, "is damaged") from None


def _bytes(place: str) -> bytes:
    with places.open_read(place) as stream:
        return stream.read()


def _lost(place: str, table: str, what: str) -> DamagedFileError:
    told = f"{place} {what}: it says which files came in last"
    return DamagedFileError(told, where=table, hint="bring it back from a backup")
