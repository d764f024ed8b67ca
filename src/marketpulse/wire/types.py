"""Types of results as Postgres calls them by number (pg_type.dat), and the names it prints.

Nothing goes through a float that is none: what is a decimal is `numeric` with its digits. Times are UTC, so they are
`timestamptz`. Arrays are arrays of plain values; what has fields, and arrays of such, is JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from marketpulse.errors import UsageError
from marketpulse.wire.messages import Column

BOOL, BYTEA, INT8, INT2, INT4, TEXT, OID, JSON = 16, 17, 20, 21, 23, 25, 26, 114
FLOAT4, FLOAT8, UNKNOWN, CHAR, NAME, BPCHAR, VARCHAR = 700, 701, 705, 18, 19, 1042, 1043
DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, NUMERIC, UUID = 1082, 1083, 1114, 1184, 1186, 1700, 2950


#: Types whose functions have an underscore in their names (pg_type.dat).
_APART = frozenset({DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, NUMERIC, UUID, JSON})


@dataclass(frozen=True)
class Type:
    """A type: what `pg_type` calls it, what people read, bytes of a value, its arrays, and Postgres's category."""

    number: int
    name: str
    words: str
    size: int
    array: int
    category: str

    @property
    def receiver(self) -> str:
        """The function that reads its binary form, by which ADBC knows what it is."""
        return f"{self.name}{'_' if self.number in _APART else ''}recv"


#: Source: src/include/catalog/pg_type.dat of Postgres 15.
TYPES = {
    each.number: each
    for each in (
        Type(BOOL, "bool", "boolean", 1, 1000, "B"),
        Type(BYTEA, "bytea", "bytea", -1, 1001, "U"),
        Type(CHAR, "char", '"char"', 1, 1002, "Z"),
        Type(NAME, "name", "name", 64, 1003, "S"),
        Type(INT8, "int8", "bigint", 8, 1016, "N"),
        Type(INT2, "int2", "smallint", 2, 1005, "N"),
        Type(INT4, "int4", "integer", 4, 1007, "N"),
        Type(TEXT, "text", "text", -1, 1009, "S"),
        Type(OID, "oid", "oid", 4, 1028, "N"),
        Type(JSON, "json", "json", -1, 199, "U"),
        Type(FLOAT4, "float4", "real", 4, 1021, "N"),
        Type(FLOAT8, "float8", "double precision", 8, 1022, "N"),
        Type(BPCHAR, "bpchar", "character", -1, 1014, "S"),
        Type(VARCHAR, "varchar", "character varying", -1, 1015, "S"),
        Type(DATE, "date", "date", 4, 1182, "D"),
        Type(TIME, "time", "time without time zone", 8, 1183, "D"),
        Type(TIMESTAMP, "timestamp", "timestamp without time zone", 8, 1115, "D"),
        Type(TIMESTAMPTZ, "timestamptz", "timestamp with time zone", 8, 1185, "D"),
        Type(INTERVAL, "interval", "interval", 16, 1187, "T"),
        Type(NUMERIC, "numeric", "numeric", -1, 1231, "N"),
        Type(UUID, "uuid", "uuid", 16, 2951, "U"),
    )
}
#: The type of the values of an array, by the array's.
OF_ARRAY = {each.array: each.number for each in TYPES.values()}
_PLAIN = (
    (pa.types.is_boolean, BOOL),
    (pa.types.is_int8, INT2), (pa.types.is_uint8, INT2), (pa.types.is_int16, INT2),
    (pa.types.is_uint16, INT4), (pa.types.is_int32, INT4),
    (pa.types.is_uint32, OID), (pa.types.is_int64, INT8),
    (pa.types.is_uint64, NUMERIC), (pa.types.is_decimal, NUMERIC),
    (pa.types.is_float32, FLOAT4), (pa.types.is_float64, FLOAT8),
    (pa.types.is_date, DATE), (pa.types.is_time, TIME), (pa.types.is_timestamp, TIMESTAMPTZ),
    (pa.types.is_interval, INTERVAL), (pa.types.is_duration, INTERVAL),
    (pa.types.is_binary, BYTEA), (pa.types.is_large_binary, BYTEA),
    (pa.types.is_nested, JSON),
)  # fmt: skip


def number_of(kind: pa.DataType) -> int:
    """The number of the type of a column. Raise UsageError for one that there is none for."""
    if isinstance(kind, pa.OpaqueType):
        what = f"a column of type {kind.type_name} has no form in this protocol"
        raise UsageError(what, hint="cast it to text", sqlstate="0A000")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = number_of(kind.value_type)
        return TYPES[inner].array if inner in TYPES and not pa.types.is_nested(kind.value_type) else JSON
    return next((number for holds, number in _PLAIN if holds(kind)), TEXT)


def column(field: pa.Field) -> Column:
    """A column of a result."""
    number = number_of(field.type)
    size = TYPES[number].size if number in TYPES else -1
    return Column(field.name, number, size, modifier(field.type))


def modifier(kind: pa.DataType) -> int:
    """Digits of a numeric as `atttypmod` has them (numerictypmodin of Postgres's numeric.c); -1 for any other type."""
    if not pa.types.is_decimal(kind):
        return -1
    return int((kind.precision << 16) | kind.scale) + 4
