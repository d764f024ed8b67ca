"""What stands in the relations of the catalogue, of some tables. Names of columns are Postgres's.

Source: https://www.postgresql.org/docs/15/catalogs.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marketpulse.wire import types
from marketpulse.wire.catalogue.relations import relations
from marketpulse.wire.catalogue.shown import Shown
from marketpulse.wire.settings import SessionSettings

Rows = dict[str, list[dict[str, Any]]]
#: Numbers that Postgres gives: of its own schemas, of what descriptions are about, of the first thing of a person.
_PG_CATALOG, _PUBLIC, _INFORMATION_SCHEMA = 11, 2200, 13_000
_CLASS_OF_TABLES, _CLASS_OF_SCHEMAS = 1259, 2615
_FIRST, _FIRST_OWN, _OWNER, _DATABASE = 16_384, 10_000, 10, 5
_HEAP, _BTREE = 2, 403
_SCHEMAS = {"gold": "What people read: dimensions, facts, aggregates.", "silver": "Validated rows, one a key."} | {
    "bronze": "Rows as they were received.",
    "metrics": "Numbers that are defined once, a row a day and currency.",
}
#: SQL's words that Postgres's drivers ask for.
_RESERVED = "qualify summarize describe pivot unpivot asof positional"


class Filling:
    """Rows by relation. Things get their numbers in the order in which they are added."""

    def __init__(self, database: str, owner: str) -> None:
        self.rows: Rows = defaultdict(list)
        self._database, self._owner = database, owner
        self._next = _FIRST
        self._schemas = {"pg_catalog": _PG_CATALOG, "information_schema": _INFORMATION_SCHEMA, "public": _PUBLIC}
        for name, number in self._schemas.items():
            self._schema(name, number)
        self._world()
        self._own()

    def add(self, tables: Iterable[Shown]) -> None:
        """Say of some tables that they are there."""
        for table in tables:
            if table.schema not in self._schemas:
                self._schemas[table.schema] = self._number()
                self._schema(table.schema, self._schemas[table.schema])
            self._table(table)

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    def _add(self, relation: str, **row: Any) -> None:
        self.rows[relation].append(row)

    def _schema(self, name: str, number: int) -> None:
        self._add("pg_namespace", oid=number, nspname=name, nspowner=_OWNER)
        self._add("schemata", catalog_name=self._database, schema_name=name, schema_owner=self._owner)
        if text := _SCHEMAS.get(name):
            self._describe(number, _CLASS_OF_SCHEMAS, 0, text)

    def _describe(self, number: int, about: int, column: int, text: str) -> None:
        if text:
            self._add("pg_description", objoid=number, classoid=about, objsubid=column, description=text)

    def _world(self) -> None:
        """What is there besides tables."""
        more = {"datcollate": "C", "datctype": "C", "datallowconn": True, "datconnlimit": -1, "dattablespace": 1663}
        self._add(
            "pg_database", oid=_DATABASE, datname=self._database, datdba=_OWNER, encoding=6, datlocprovider="c", **more
        )
        self._add("information_schema_catalog_name", catalog_name=self._database)
        self._add("pg_roles", oid=_OWNER, rolname=self._owner, rolinherit=True, rolcanlogin=True, rolconnlimit=-1)
        self._add("pg_user", usename=self._owner, usesysid=_OWNER)
        self._add("pg_am", oid=_HEAP, amname="heap", amtype="t")
        self._add("pg_am", oid=_BTREE, amname="btree", amtype="i")
        self._add("pg_tablespace", oid=1663, spcname="pg_default", spcowner=_OWNER)
        for name, value in SessionSettings({}).all.items():
            about = {"vartype": "string", "context": "user", "category": "", "short_desc": "", "source": "default"}
            self._add("pg_settings", name=name, setting=value, boot_val=value, reset_val=value, **about)
        for word in _RESERVED.split():
            self._add("pg_get_keywords", word=word, catcode="R", catdesc="reserved")
        for each in types.TYPES.values():
            self._type(each)

    def _type(self, kind: types.Type) -> None:
        about = {"typnamespace": _PG_CATALOG, "typowner": _OWNER, "typtype": "b", "typisdefined": True}
        about |= {"typdelim": ",", "typbasetype": 0, "typtypmod": -1, "typnotnull": False, "typrelid": 0}
        self._add(
            "pg_type", oid=kind.number, typname=kind.name, typlen=kind.size, typcategory=kind.category,
            typarray=kind.array, typelem=0, typinput=f"{kind.name}in",
            typreceive=kind.receiver, **about,
        )  # fmt: skip
        self._add(
            "pg_type", oid=kind.array, typname=f"_{kind.name}", typlen=-1, typcategory="A", typarray=0,
            typelem=kind.number, typinput="array_in",
            typreceive="array_recv", **about,
        )  # fmt: skip
        self._add("type_words", type_=kind.number, short_=kind.name, words_=kind.words)
        self._add("type_words", type_=kind.array, short_=f"_{kind.name}", words_=f"{kind.words}[]")

    def _own(self) -> None:
        """The relations of the catalogue itself."""
        fixed = {"pg_class": _CLASS_OF_TABLES, "pg_namespace": _CLASS_OF_SCHEMAS}
        for number, (name, (schema, columns)) in enumerate(relations().items(), _FIRST_OWN):
            of = _PG_CATALOG if schema == "pg" else _INFORMATION_SCHEMA
            self._class(fixed.get(name, number), name, of, "v" if schema == "info" else "r", len(columns))

    def _class(self, number: int, name: str, schema: int, kind: str, count: int, **more: Any) -> None:
        self._add(
            "pg_class", oid=number, relname=name, relnamespace=schema, relkind=kind, relnatts=count, relowner=_OWNER,
            relam=_HEAP if kind == "r" else 0, reltuples=-1.0, relpersistence="p", relreplident="n",
            relispopulated=True, **more,
        )  # fmt: skip

    def _table(self, table: Shown) -> None:
        number, kind = self._number(), "v" if table.is_view else "r"
        schema, count = self._schemas[table.schema], len(table.columns)
        self._class(number, table.name, schema, kind, count, relhasindex=bool(table.key), relhasrules=table.is_view)
        self._describe(number, _CLASS_OF_TABLES, 0, table.comment)
        for place, field in enumerate(table.columns, 1):
            column = types.column(field)
            required = field.name in table.required
            self._attribute(number, place, column, required)
            self._describe(number, _CLASS_OF_TABLES, place, table.said.get(field.name, ""))
            self._add("columns", **self._column(table, place, column, required))
        if table.key:
            self._key(number, table)
        self._listed(table)

    def _attribute(self, number: int, place: int, column: Any, required: bool) -> None:
        self._add(
            "pg_attribute", attrelid=number, attname=column.name, atttypid=column.type, attlen=column.size,
            attnum=place, atttypmod=column.modifier, attnotnull=required, attislocal=True, attcacheoff=-1,
            attstattarget=-1, attstorage="p", attalign="i",
        )  # fmt: skip

    def _column(self, table: Shown, place: int, column: Any, required: bool) -> Mapping[str, Any]:
        kind = types.TYPES.get(column.type)
        words, name = (
            (kind.words, kind.name) if kind else ("ARRAY", f"_{types.TYPES[types.OF_ARRAY[column.type]].name}")
        )
        digits = divmod(column.modifier - 4, 1 << 16) if column.modifier > 0 else (None, None)
        return {
            "table_catalog": self._database, "table_schema": table.schema, "table_name": table.name,
            "column_name": column.name, "ordinal_position": place, "is_nullable": "NO" if required else "YES",
            "data_type": words, "udt_catalog": self._database, "udt_schema": "pg_catalog", "udt_name": name,
            "numeric_precision": digits[0], "numeric_scale": digits[1], "is_updatable": "NO", "is_identity": "NO",
            "is_generated": "NEVER", "is_self_referencing": "NO", "dtd_identifier": str(place),
        }  # fmt: skip

    def _key(self, number: int, table: Shown) -> None:
        """A primary key, by a constraint and the index that Postgres would have of it."""
        index, constraint, name = self._number(), self._number(), f"{table.name}_pkey"
        places = [table.columns.get_field_index(each) + 1 for each in table.key]
        schema, count = self._schemas[table.schema], len(places)
        self._class(index, name, schema, "i", count)
        self.rows["pg_class"][-1]["relam"] = _BTREE
        self._add(
            "pg_index", indexrelid=index, indrelid=number, indnatts=count, indnkeyatts=count, indisunique=True,
            indisprimary=True, indimmediate=True, indisvalid=True, indisready=True, indislive=True, indkey=places,
            indoption=[0] * count, indcollation=[0] * count, indclass=[0] * count,
        )  # fmt: skip
        self._add(
            "pg_constraint", oid=constraint, conname=name, connamespace=schema, contype="p", convalidated=True,
            conrelid=number, conindid=index, conkey=places, conislocal=True, connoinherit=True,
        )  # fmt: skip
        where = {"constraint_catalog": self._database, "constraint_schema": table.schema, "constraint_name": name}
        where |= {"table_catalog": self._database, "table_schema": table.schema, "table_name": table.name}
        about = {"constraint_type": "PRIMARY KEY", "is_deferrable": "NO", "initially_deferred": "NO", "enforced": "YES"}
        self._add("table_constraints", **where, **about)
        for place, column in enumerate(table.key, 1):
            self._add("key_column_usage", **where, column_name=column, ordinal_position=place)
            self._add("constraint_column_usage", **where, column_name=column)

    def _listed(self, table: Shown) -> None:
        """The same in the views that list tables."""
        of = {"table_catalog": self._database, "table_schema": table.schema, "table_name": table.name}
        kind = "VIEW" if table.is_view else "BASE TABLE"
        self._add("tables", **of, table_type=kind, is_insertable_into="NO", is_typed="NO")
        role = {"grantor": self._owner, "grantee": self._owner, "privilege_type": "SELECT", "is_grantable": "NO"}
        for relation in ("table_privileges", "role_table_grants"):
            self._add(relation, **of, **role, with_hierarchy="NO")
        if table.is_view:
            more = {"is_updatable": "NO", "is_insertable_into": "NO", "check_option": "NONE"}
            self._add("views", **of, **more)
            self._add("pg_views", schemaname=table.schema, viewname=table.name, viewowner=self._owner, definition="")
        else:
            index = bool(table.key)
            self._add(
                "pg_tables", schemaname=table.schema, tablename=table.name, tableowner=self._owner, hasindexes=index
            )


def filled(database: str, tables: Sequence[Shown]) -> Rows:
    """The rows of a catalogue of some tables, which belong to whoever runs the server."""
    found = Filling(database, "marketpulse")
    found.add(tables)
    return found.rows
