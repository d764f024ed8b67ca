"""Iceberg tables through PyIceberg: create, evolve, plan files, compare snapshots, commit.

What a table has consumed is kept in the table itself: every commit writes it into the snapshot's
summary and into the table's properties (so that snapshot expiry cannot lose it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.name_mapping import create_mapping_from_schema
from pyiceberg.transforms import IdentityTransform
from sqlalchemy.exc import DBAPIError

from marketpulse.errors import LostFileError
from marketpulse.lake import digests
from marketpulse.lake.catalogfile import NAME, catalog_file, entries
from marketpulse.lake.certain import CertainTable
from marketpulse.lake.commit import OneCommit, ReplaceFiles, by_manifest
from marketpulse.lake.datafile import NOTHING_MEASURED, Measured, Spread, data_files, measured
from marketpulse.lake.durable import flush
from marketpulse.lake.evolving import NOTHING_SAID, Said, evolve, joined
from marketpulse.lake.home import Home
from marketpulse.lake.remembered import RememberingCatalog
from marketpulse.lake.table import FileRef, LakeTable
from marketpulse.lake.trouble import catalog_errors, readable_metadata, storage_errors
from marketpulse.names import FINISHED_KEY, KEPT_KEY, KEY_KEY, LAYERS, OUTBOX_KEY, SHAPES_KEY, TOLD_KEY
from marketpulse.storage.layout import Layout
from marketpulse.storage.places import bare, is_inside, is_remote

_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.metrics.default": "none",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # A lost race is ours to solve: the work is planned anew, never replayed on top of another writer.
    "commit.retry.num-retries": "0",
}

#: State of one table that is of no use to anybody else, and would be written anew into each snapshot.
_NOT_IN_SUMMARY = (OUTBOX_KEY, SHAPES_KEY, FINISHED_KEY, KEPT_KEY, TOLD_KEY)


class Lake:
    """All tables of one warehouse. `properties` are PyIceberg catalog properties."""

    def __init__(self, layout: Layout, properties: Mapping[str, str]) -> None:
        """Raise StorageError for a copied or moved folder and for a lost catalog, before anything else is looked at."""
        self.layout = layout
        #: Each table as it was when it was last loaded or committed.
        self.seen: dict[str, LakeTable] = {}
        self._properties = dict(properties)
        catalog = catalog_file(layout.warehouse, properties)
        self._home = Home(catalog) if catalog else None
        if self._home:
            self._home.check()

    @cached_property
    def catalog(self) -> Catalog:
        """The PyIceberg catalog. Raise UsageError for properties that make none."""
        with storage_errors(self.layout.warehouse), catalog_errors(self._properties):
            try:
                return load_catalog(NAME, **self._properties)
            except DBAPIError as error:
                if "already exists" not in str(error.orig):
                    raise
                # Another process made the catalog's own tables after this one had looked for them.
                return load_catalog(NAME, **self._properties)

    def close(self) -> None:
        """Give back what the catalog holds open."""
        if "catalog" in self.__dict__:
            self.catalog.close()

    def find(self, name: str) -> LakeTable | None:
        """Table as it is now, or None. Raise StorageError when it lies elsewhere, is damaged or lost."""
        return self._checked(name, self._load(name))

    def everything(self) -> list[LakeTable]:
        """Every table as it is now, by one question a layer where the catalog answers so. Errors as of `find`."""
        places = {name: place for layer in LAYERS for name, place in self._places(layer).items()}
        found = (self._checked(name, self._load(name, place)) for name, place in sorted(places.items()))
        return [table for table in found if table]

    def _checked(self, name: str, found: LakeTable | None) -> LakeTable | None:
        if self._home and found:
            self._home.refuse_elsewhere(name, found.iceberg.location())
        elif self._home and self._home.has_commits(name) and not (found := self._load(name)):
            # Looked for twice: another process may have made it in between.
            raise self._home.lost(name)
        return found

    def _load(self, name: str, place: str | None = None) -> LakeTable | None:
        """The table of the catalog, or as the metadata file at `place` says it."""
        catalog, identifier = self.catalog, self.layout.identifier(name)
        try:
            with readable_metadata(name), storage_errors(name):
                if place is not None and isinstance(catalog, RememberingCatalog):
                    table = catalog.table_at(identifier, place)
                else:
                    table = catalog.load_table(identifier)
                found = LakeTable(name, CertainTable.of(table))
        except NoSuchTableError:
            return None
        except LostFileError as error:
            raise type(error)(error.message, where=self._metadata_of(name) or error.where, hint=error.hint) from error
        self.seen[name] = found
        return found

    def _metadata_of(self, name: str) -> str | None:
        """The metadata file of a table as the catalog names it, where the catalog is the warehouse's own."""
        known = entries(self._home.catalog) if self._home else []
        return next((bare(entry.metadata) for entry in known if entry.place == name), None)

    def owns(self, place: str) -> bool:
        """True for what lies inside this warehouse, links followed; in S3 the name says it."""
        return is_remote(place) or is_inside(place, self.layout.warehouse)

    def names(self) -> list[str]:
        """Every table of the warehouse."""
        return sorted(name for layer in LAYERS for name in self._places(layer))

    def _places(self, layer: str) -> dict[str, str | None]:
        """Tables of a layer, and where the metadata of each lies if the catalog says so without being asked for it."""
        namespace, catalog = self.layout.namespace_of(layer), self.catalog
        try:
            with storage_errors(namespace):
                if isinstance(catalog, RememberingCatalog):
                    return {f"{layer}.{name}": place for name, place in catalog.places(namespace).items()}
                return {f"{layer}.{table[-1]}": None for table in catalog.list_tables(namespace)}
        except NoSuchNamespaceError:
            return {}

    def ids(self, name: str, types: Mapping[str, str]) -> dict[str, int]:
        """Field ids of columns of a table, as `LakeTable.ids`; of one that is not there yet as it would be made."""
        table = self.find(name)
        return table.ids(types) if table else {column: number for number, column in enumerate(types, 1)}

    def ensure(
        self,
        name: str,
        types: Mapping[str, str],
        partition: str | None = None,
        key: Sequence[str] = (),
        *,
        anew: bool = False,
        said: Said = NOTHING_SAID,
    ) -> LakeTable:
        """Create the table, or evolve it: new columns, wider types, another bucket column, another key.

        Files written before keep the bucket they have. Raise GateError for a type that cannot widen. With `anew`, when
        all rows are made again, it becomes another column of that name, in the commit that brings those rows. What is
        `said` of columns beside comes with the next commit, too.
        """
        table = self.find(name)
        if table is None:
            return self._create(name, types, partition, key, said)
        with storage_errors(name):
            return evolve(table, types, partition, key, anew, said)

    def _create(
        self, name: str, types: Mapping[str, str], partition: str | None, key: Sequence[str], said: Said
    ) -> LakeTable:
        schema = Schema(*(said.column(number, *each) for number, each in enumerate(types.items(), 1)))
        spec = PartitionSpec()
        if partition:
            source = schema.find_field(partition).field_id
            spec = PartitionSpec(PartitionField(source, 1000, IdentityTransform(), partition))
        mapping = {"schema.name-mapping.default": create_mapping_from_schema(schema).model_dump_json()}
        with storage_errors(name):
            self._ensure_namespace(self.layout.identifier(name)[0])
            table = self.catalog.create_table_if_not_exists(
                self.layout.identifier(name),
                schema,
                location=self.layout.location(name),
                partition_spec=spec,
                properties=_PROPERTIES | mapping | {KEY_KEY: joined(key)},
            )
        return LakeTable(name, CertainTable.of(table))

    def _ensure_namespace(self, namespace: str) -> None:
        """Create it when it is missing; somebody else may do so at the same time."""
        if self.catalog.namespace_exists(namespace):
            return
        try:
            self.catalog.create_namespace_if_not_exists(namespace)
        except DBAPIError:
            if not self.catalog.namespace_exists(namespace):
                raise

    def drop(self, name: str) -> None:
        """Forget the table (its files are left to `maintain`); that it is gone already is fine."""
        found = self._load(name)
        with storage_errors(name), suppress(NoSuchTableError):
            self.catalog.drop_table(self.layout.identifier(name))
        if self._home and found:
            self._home.mark_dropped(name, str(found.iceberg.metadata.table_uuid))

    def columns_of(self, paths: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
        """Columns, with their types, that data files can have; of those of tables of which no column was ever another.

        Nobody needs to look into each of a hundred thousand files for that. Tables are those that were loaded.
        """
        steady = {table.iceberg.location(): table.steady for table in self.seen.values()}
        found = ((path, steady.get(path.rpartition("/data/")[0])) for path in paths)
        return {path: columns for path, columns in found if columns}

    def describe(
        self,
        table: LakeTable,
        paths: Sequence[str],
        spread: Spread | None = None,
        known: Mapping[str, Measured] = NOTHING_MEASURED,
    ) -> list[FileRef]:
        """What a commit must know of Parquet files just written; their names say from now on what they hold.

        What is `known` already, from who wrote them, is not read again. With `spread`, many footers are read there.
        """
        with storage_errors(table.name):
            sealed = {path: digests.seal(path) for path in paths}
            read = measured(table.iceberg, [sealed[path] for path in paths if path not in known], spread)
            told = {each.path: each for each in read}
            told |= {sealed[path]: replace(known[path], path=sealed[path]) for path in paths if path in known}
            return [table._ref(each) for each in data_files(table.iceberg, [told[sealed[path]] for path in paths])]

    def commit(
        self,
        table: LakeTable,
        add: Sequence[FileRef],
        drop: Sequence[FileRef],
        state: Mapping[str, str],
        summary: Mapping[str, str],
    ) -> int | None:
        """Add and drop files and record `state`, as one atomic step on top of the loaded `table`.

        `state` goes to the table's properties and, with `summary`, into the snapshot. Returns the new
        snapshot's id, None when only the state changed. Raise ConcurrentError when another writer was faster.
        """
        changed = {k: v for k, v in state.items() if table.state.get(k) != v}
        if not add and not drop and not changed and not table.begun:
            return table.snapshot_id
        with readable_metadata(table.name), storage_errors(table.name):
            flush((file.path for file in add), self.layout.warehouse)
            transaction = table.begun or OneCommit(table.iceberg)
            if changed:
                transaction.set_properties(changed)
            if add or drop:
                dropped = by_manifest((file.manifest, file.entry) for file in drop)
                told = {key: value for key, value in state.items() if not key.startswith(_NOT_IN_SUMMARY)}
                with ReplaceFiles(transaction, {**summary, **told}, dropped) as files:
                    for file in drop:
                        files.delete_data_file(file.entry)
                    for file in add:
                        files.append_data_file(file.entry)
            self.seen[table.name] = LakeTable(table.name, transaction.commit_transaction())
            return self.seen[table.name].snapshot_id
