"""The relations of Postgres's catalogue: which there are, and their columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from marketpulse.wire.catalogue.rewriting import SCHEMAS

#: What types of columns are in the engine, and what stands where a column is never null and nothing is said of it.
_TYPES = {"name": "varchar", "text": "varchar", "char": "varchar", "oid": "uinteger", "double": "double"}
_NOTHING = {"varchar": "''", "boolean": "false", "timestamptz": "null"}
#: Relations that are ours alone.
_OURS = "pg.type_words: type_ oid, short_ name, words_ text\npg.pg_get_keywords: word text, catcode char, catdesc text"


@cache
def relations() -> dict[str, tuple[str, dict[str, str]]]:
    """Each relation's name with its schema in the engine, and its columns with what SQL says of them there."""
    text = files(__package__).joinpath("relations.txt").read_text(encoding="utf-8")
    return dict(map(_read, (line for line in f"{text}{_OURS}".splitlines() if line and not line.startswith("#"))))


def _read(line: str) -> tuple[str, tuple[str, dict[str, str]]]:
    name, _, columns = line.partition(": ")
    schema, _, short = name.partition(".")
    return short, (SCHEMAS.get(schema, schema), dict(map(_column, columns.split(", "))))


def _column(said: str) -> tuple[str, str]:
    name, _, kind = said.rstrip("!").partition(" ")
    base = kind.removesuffix("[]")
    found = _TYPES.get(base, base) + kind[len(base) :]
    if not said.endswith("!"):
        return name, found
    return name, f"{found} default {'[]' if found.endswith('[]') else _NOTHING.get(found, '0')}"


def script() -> Iterator[str]:
    """Statements that make the relations, and the functions over them."""
    yield from (f"create schema {schema}" for schema in SCHEMAS.values())
    for name, (schema, columns) in relations().items():
        said = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        yield f"create table {schema}.{name} ({said})"
    yield functions()


@cache
def functions() -> str:
    """The functions, as SQL."""
    return files(__package__).joinpath("functions.sql").read_text(encoding="utf-8")
