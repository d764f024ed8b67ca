"""Everything the catalogue tells: the project's definitions, and what the warehouse has of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from marketpulse.metrics.metric import Metric, parts
from marketpulse.names import LANDED, LANDED_FILES, LAYERS, LINEAGE, PREFIX, WORDS
from marketpulse.project.contract import Column, Contract
from marketpulse.project.lineage import column_sources
from marketpulse.project.owned import owned
from marketpulse.project.project import Project
from marketpulse.project.source import Source
from marketpulse.project.table import Table
from marketpulse.run.context import Context
from marketpulse.serving.status import TableStatus, status
from marketpulse.silver import quarantine
from marketpulse.sql import is_reference

_NUMBERS = ("read", "accepted", "deduplicated", "quarantined", "filtered", "replaced", "removed")


@dataclass(frozen=True)
class Load:
    """Rows of one feed in the newest load of one table that took any."""

    table: str
    source: str
    at: datetime
    numbers: dict[str, int]


@dataclass(frozen=True)
class Landed:
    """What the ledger knows of one feed."""

    files: int
    duplicates: int
    records: int
    malformed: int


@dataclass
class Entry:
    """One table of the catalogue. `source` is set for a feed's bronze table, `contract` for any other."""

    name: str
    contract: Contract | None = None
    source: Source | None = None
    columns: tuple[Column, ...] = ()
    origins: dict[str, list[str]] = field(default_factory=dict)
    made_from: list[str] = field(default_factory=list)
    makes: list[str] = field(default_factory=list)
    queries: dict[str, str] = field(default_factory=dict)
    status: TableStatus | None = None
    loads: list[Load] = field(default_factory=list)
    landed: Landed | None = None
    metrics: list[Metric] = field(default_factory=list)

    @property
    def layer(self) -> str:
        """`bronze`, `silver` or `gold`."""
        return self.name.split(".")[0]

    @property
    def short(self) -> str:
        """The name without the layer."""
        return self.name.split(".", 1)[1]

    @property
    def grain(self) -> str:
        """What a row is."""
        if self.contract:
            return self.contract.grain
        return "One row per record as received." if self.layer == LAYERS[0] else "No contract says what a row of it is."

    @property
    def owner(self) -> str:
        """Who answers for the table."""
        if self.contract:
            return self.contract.owner
        return self.source.owner if self.source else "the platform"


@dataclass(frozen=True)
class Catalog:
    """The whole catalogue. `rejected` is (table, feed, status, reason, rows)."""

    project: str
    written_at: datetime
    entries: list[Entry]
    rejected: list[tuple[str, str, str, str, int]]
    open_rows: int

    def layer(self, name: str) -> list[Entry]:
        """Tables of one layer."""
        return [entry for entry in self.entries if entry.layer == name]

    @property
    def loads(self) -> list[Load]:
        """The last load of every feed into every table."""
        return [load for entry in self.entries for load in entry.loads]


def gather(context: Context) -> Catalog:
    """Read the definitions and, where the warehouse has the tables, what is in them."""
    found = {entry.name: entry for entry in status(context)}
    project = context.project
    entries = [_bronze(project, source, found) for source in project.sources.values()]
    for name, landed in _ledger(context).items():
        for entry in entries:
            if entry.source and entry.source.name == name:
                entry.landed = landed
    for entry in entries:
        entry.columns = _bronze_columns(context, entry)
    beside = [Table(contract) for contract in owned().values() if contract.name not in project.tables]
    entries += [_defined(project, table, found) for table in (*beside, *project.tables.values())]
    rejected = quarantine.overview(context, quarantine.Filter(status=None))
    return Catalog(
        project.name,
        datetime.now(UTC).replace(tzinfo=None),
        entries,
        rejected,
        quarantine.count(context, quarantine.Filter()),
    )


def _bronze(project: Project, source: Source, found: dict[str, TableStatus]) -> Entry:
    users = [table.name for table in project.tables.values() if source.table in table.inputs]
    return Entry(source.table, source=source, makes=users, status=found.get(source.table))


def _bronze_columns(context: Context, entry: Entry) -> tuple[Column, ...]:
    """Columns as they landed; before the first file those that the feed must bring."""
    source = entry.source
    required = source.required if source else ()
    expected = dict.fromkeys(source.known_columns if source else (), "string") | LINEAGE | LANDED
    types = _types(context, entry.name) or expected
    return tuple(Column(name, kind, name in required, WORDS.get(name, "")) for name, kind in types.items())


def _defined(project: Project, table: Table, found: dict[str, TableStatus]) -> Entry:
    entry = Entry(
        table.name,
        contract=table.contract,
        columns=_measured(project, table),
        origins=_tables_only(column_sources(project, table)),
        made_from=list(table.inputs),
        makes=[other.name for other in project.tables.values() if table.name in other.inputs],
        queries={query.path.name: query.path.read_text(encoding="utf-8") for query in table.queries.values()},
        status=found.get(table.name),
        metrics=[m for m in project.metrics[0].metrics.values() if parts(m)[0].source == table.name],
    )
    entry.loads = [load for name in table.inputs if (load := _last_load(entry, name))]
    return entry


def _measured(project: Project, table: Table) -> tuple[Column, ...]:
    """Columns with their units and how they add up: what a contract does not say is what the model makes of it."""
    known = project.promises[table.name].measures if table.name in project.promises else {}
    return tuple(replace(each, measure=known.get(each.name, each.measure)) for each in table.contract.columns)


def _tables_only(origins: dict[str, list[str]]) -> dict[str, list[str]]:
    """Origins that the page has a place for: reference data is no table of it."""
    return {column: [name for name in names if not is_reference(name)] for column, names in origins.items()}


def _last_load(entry: Entry, bronze: str) -> Load | None:
    """The newest snapshot that says how many rows of the feed it read."""
    source = bronze.split(".", 1)[1]
    for snapshot in reversed(entry.status.snapshots if entry.status else []):
        texts = {name: snapshot.summary.get(f"{PREFIX}{source}.rows-{name}") for name in _NUMBERS}
        if texts["read"] is not None:
            numbers = {name: int(text) for name, text in texts.items() if text is not None}
            return Load(entry.name, source, snapshot.committed_at, numbers)
    return None


def _ledger(context: Context) -> dict[str, Landed]:
    table = context.lake.find(LANDED_FILES)
    if table is None:
        return {}
    ledger = context.engine.bind("ledger", table.types, [file.path for file in table.files()])
    rows = context.engine.rows(
        f"""select source, count(*) filter (where not is_duplicate), count(*) filter (where is_duplicate),
            cast(coalesce(sum(record_count), 0) as bigint), cast(coalesce(sum(malformed_count), 0) as bigint)
        from {ledger} group by source"""
    )
    return {row[0]: Landed(*row[1:]) for row in rows}


def _types(context: Context, name: str) -> dict[str, str]:
    table = context.lake.find(name)
    return table.types if table else {}
