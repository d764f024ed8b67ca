"""How a table that is there comes to have the columns, the bucket and the key that a contract asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyiceberg.exceptions import ResolveError
from pyiceberg.schema import Schema, promote
from pyiceberg.table.update.spec import UpdateSpec
from pyiceberg.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)

from marketpulse.errors import GateError
from marketpulse.lake.certain import CertainTable
from marketpulse.lake.commit import OneCommit
from marketpulse.lake.table import LakeTable
from marketpulse.names import KEY_KEY

_LONGEST_DOC = 255
#: As the engines give it.
_TEXT = pa.string()
_TYPES: dict[str, IcebergType] = {
    "boolean": BooleanType(),
    "int": IntegerType(),
    "long": LongType(),
    "double": DoubleType(),
    "string": StringType(),
    "date": DateType(),
    "timestamp": TimestampType(),
}


@dataclass(frozen=True)
class Said:
    """What is said of columns beside their types, for other readers: what they mean, and which are never null."""

    docs: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def doc(self, name: str) -> str | None:
        r"""What is said of a column: one line, as long as AWS Glue takes one (API Reference, Column: Comment).

        >>> Said({"a": "One line.\nAnd more."}).doc("a"), len(Said({"a": "long " * 99}).doc("a") or "")
        ('One line. And more.', 255)
        """
        text = " ".join(self.docs.get(name, "").split())
        return (text if len(text) <= _LONGEST_DOC else f"{text[: _LONGEST_DOC - 1]}…") or None

    def column(self, number: int, name: str, kind: str) -> NestedField:
        """A column of a new table."""
        required = name in self.required
        return NestedField(number, name, iceberg_type(kind), required=required, doc=self.doc(name))


NOTHING_SAID = Said()


def evolve(
    table: LakeTable, types: Mapping[str, str], partition: str | None, key: Sequence[str], anew: bool, said: Said
) -> LakeTable:
    """The table with all columns of `types`, cut by `partition`; see `Lake.ensure`."""
    new = {column: kind for column, kind in types.items() if column not in table.types}
    other = {c: k for c, k in types.items() if c in table.types and table.types[c] != k.replace(" ", "")}
    wider = {column: kind for column, kind in other.items() if _may_widen(table, column, kind)}
    replaced = {column: kind for column, kind in other.items() if column not in wider}
    _refuse(table, replaced, {*_cutting(table), partition} if anew else {*replaced})
    if new or wider:
        with table.iceberg.update_schema() as update:
            for column, kind in new.items():
                update.add_column(column, iceberg_type(kind))
            for column, kind in wider.items():
                update.update_column(column, iceberg_type(kind))
        table = LakeTable(table.name, table.iceberg.refresh())
    if table.is_cut_otherwise(partition) or joined(key) != table.state.get(KEY_KEY, ""):
        with table.iceberg.transaction() as change:
            change.set_properties({KEY_KEY: joined(key)})
            if table.is_cut_otherwise(partition):
                _repartition(change.update_spec(), table, partition)
        table = LakeTable(table.name, table.iceberg.refresh())
    return _saying(_retyped(table, replaced) if replaced else table, said, anew)


def _saying(table: LakeTable, said: Said, anew: bool) -> LakeTable:
    """The table as its next commit makes it: columns that say what they mean.

    One becomes required only when all rows are made anew: readers believe it. It is no more with the first row that
    may have none.
    """
    anew = anew or table.snapshot_id is None
    changed = {}
    for column in table.iceberg.schema().fields:
        required = column.name in said.required and (column.required or anew)
        doc = said.doc(column.name) or column.doc or ""
        if (required, doc) != (column.required, column.doc or ""):
            changed[column.name] = (required, doc)
    if not changed:
        return table
    begun = table.begun or OneCommit(table.iceberg)
    with begun.update_schema(allow_incompatible_changes=True) as update:
        for name, (required, doc) in changed.items():
            update.update_column(name, required=required, doc=doc)
    return LakeTable(table.name, CertainTable.of(table.iceberg, begun.table_metadata), begun)


def _may_widen(table: LakeTable, column: str, kind: str) -> bool:
    try:
        promote(table.iceberg.schema().find_field(column).field_type, iceberg_type(kind))
    except ResolveError:
        return False
    return True


def _cutting(table: LakeTable) -> set[str]:
    """Columns by which the table is cut, or was: older snapshots need them."""
    schema = table.iceberg.schema()
    sources = {field.source_id for spec in table.iceberg.specs().values() for field in spec.fields}
    return {field.name for field in schema.fields if field.field_id in sources}


def _refuse(table: LakeTable, replaced: Mapping[str, str], columns: Collection[str | None]) -> None:
    for column, kind in replaced.items():
        if column in columns:
            types = f"is {table.types[column]} in the table and {kind} in the contract"
            raise GateError(f"column {column} {types}: not every value fits", hint="give the column another name")


def _retyped(table: LakeTable, types: Mapping[str, str]) -> LakeTable:
    """The table as its next commit makes it: a column of another type is another column, of the same name.

    Nobody sees it before: the rows that are there have no such column.
    """
    begun = OneCommit(table.iceberg)
    with begun.update_schema() as update:
        for column in types:
            update.delete_column(column)
        for column, kind in types.items():
            update.add_column(column, iceberg_type(kind))
    places = list(table.types)
    with begun.update_schema() as update:  # the new ones are known by their names only now
        for place in sorted(places.index(column) for column in types):
            if place:
                update.move_after(places[place], places[place - 1])
            else:
                update.move_first(places[place])
    return LakeTable(table.name, CertainTable.of(table.iceberg, begun.table_metadata), begun)


def _repartition(update: UpdateSpec, table: LakeTable, bucket: str | None) -> None:
    """One field, the bucket, whatever there was: another engine may have added fields of its own."""
    names = [field.name for field in table.iceberg.spec().fields]
    with update:
        for name in names:
            if name != bucket:
                update.remove_field(name)
        if bucket and bucket not in names:
            update.add_identity(bucket)


def joined(key: Sequence[str]) -> str:
    """The columns of a key as a table remembers them."""
    return ",".join(key)


def arrow_schema(types: Mapping[str, str]) -> pa.Schema:
    """Arrow's schema of columns of contract types.

    >>> arrow_schema({"day": "date", "amount": "decimal(18,4)"}).field("amount").type
    Decimal128Type(decimal128(18, 4))
    """
    from pyiceberg.io.pyarrow import schema_to_pyarrow  # as long as this whole module takes, and for readers of no use

    fields = (NestedField(i, c, iceberg_type(k), required=False) for i, (c, k) in enumerate(types.items(), 1))
    found = schema_to_pyarrow(Schema(*fields), include_field_ids=False)
    return pa.schema(field.with_type(_TEXT) if field.type == pa.large_string() else field for field in found)


def iceberg_type(kind: str) -> IcebergType:
    """Iceberg's type of a contract's.

    >>> iceberg_type("decimal(18,4)"), iceberg_type("long")
    (DecimalType(precision=18, scale=4), LongType())
    """
    if kind.startswith("decimal"):
        precision, scale = kind[8:-1].split(",")
        return DecimalType(int(precision), int(scale))
    return _TYPES[kind]
