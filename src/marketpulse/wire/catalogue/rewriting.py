"""Postgres's SQL over its catalogue, in the engine's: our relations, what the session knows, casts to names of things.

Nothing here decides what may be read: the engine that runs it holds the catalogue and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from marketpulse.wire.values import members

#: What is known of a session: how a column of it is called, and its value.
Known = tuple[str, exp.Expr]
#: Schemas of the engine that stand for Postgres's.
SCHEMAS = {"pg_catalog": "pg", "information_schema": "info"}
_RENAMED = {"json_build_object": "json_object", "current_setting": "pg_setting"}
_KEYWORDS = "pg_get_keywords"
#: Columns that name functions.
_CALLED = frozenset({"typinput", "typoutput", "typreceive", "typsend", "typanalyze"})
#: Casts to what names a thing: of a text the thing's number, of a number its name.
_THINGS = {
    "regclass": ("pg_relation_number", "pg_name_of"), "regtype": ("pg_type_number", "format_type"),
    "regnamespace": ("pg_schema_of", "pg_schema_name"), "regproc": (None, None), "regrole": (None, "pg_get_userbyid"),
}  # fmt: skip
_TYPES = {
    "name": "text", "char": "text", "oid": "uinteger", "xid": "uinteger", "regproc": "text", "int2vector": "smallint[]",
    "oidvector": "uinteger[]", "text": "text", "int4": "int", "int8": "bigint", "int2": "smallint", "bool": "boolean",
    "uint4": "uinteger",
}  # fmt: skip


def rewritten(
    text: str, relations: Mapping[str, str], functions: frozenset[str], knows: Callable[[exp.Expr], Known | None]
) -> str | None:
    """A query over the catalogue in the engine's SQL; None for one that is over anything else, or that cannot be read.

    `relations` are those that there are, each name with its schema in the engine; `functions` the names of those of the
    catalogue. `knows` gives the value of a call that is about the session.
    """
    try:
        tree = sqlglot.parse_one(_plain(text), read="postgres")
    except SqlglotError:
        return None
    if not isinstance(tree, exp.Query):
        return None
    read = _read(tree)
    if not all(_is_known(table, relations) for table in read):
        return None
    calls = {_RENAMED.get(call.name.lower(), call.name.lower()) for call in tree.find_all(exp.Anonymous)}
    about_session = _replace_known(tree, knows)
    if not read and not about_session and not calls & functions:
        return None
    for table in read:
        table.set("db", exp.to_identifier(relations[table.name.lower()]))
        table.set("catalog", None)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    for call in tree.find_all(exp.Anonymous):
        call.set("this", _RENAMED.get(call.name.lower(), call.name))
    for compared in tree.find_all(exp.EQ, exp.NEQ):
        _name_nothing(compared)
    for cast in reversed(list(tree.find_all(exp.Cast))):
        cast.replace(_cast(cast))
    return tree.sql("duckdb")


def _name_nothing(compared: exp.Binary) -> None:
    """`typreceive <> 0`: a function is a number there, and a name here, of which 0 is the empty one."""
    column, number = compared.this, compared.expression
    if isinstance(column, exp.Column) and column.name.lower() in _CALLED and number == exp.Literal.number(0):
        number.replace(exp.Literal.string(""))


def _read(tree: exp.Query) -> list[exp.Table]:
    """The relations that a query reads; a function of rows that is a relation here is one of them."""
    tables = list(tree.find_all(exp.Table))
    for table in tables:
        if isinstance(table.this, exp.Anonymous) and table.this.name.lower() == _KEYWORDS:
            table.set("this", exp.to_identifier(_KEYWORDS))
    common = {each.alias_or_name.lower() for each in tree.find_all(exp.CTE)}
    named = (table for table in tables if isinstance(table.this, exp.Identifier))
    return [table for table in named if table.db or table.name.lower() not in common]


def _plain(text: str) -> str:
    """Without what says that a name is of the catalogue, an operator one of it, and a text in its collation."""
    tokens = Postgres().tokenize(text)
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        if operator := _operator(tokens[at : at + 6]):
            kept.append(operator)
            at += 6
        elif skipped := _skipped(tokens[at : at + 4]):
            at += skipped
        else:
            is_number = _is_number(tokens[max(at - 1, 0) : at + 2])
            kept.append("uint4" if is_number else text[tokens[at].start : tokens[at].end + 1])
            at += 1
        follows = at < len(tokens) and at > 0 and tokens[at].start == tokens[at - 1].end + 1
        kept.append("" if follows else " ")
    return "".join(kept)


def _words(tokens: list[Token]) -> list[str]:
    return ["" if token.token_type is TokenType.STRING else token.text.lower() for token in tokens]


def _skipped(tokens: list[Token]) -> int:
    """How many tokens say nothing here."""
    words = _words(tokens)
    if words == ["collate", "pg_catalog", ".", "default"]:
        return 4
    if words[:2] in (["pg_catalog", "."], ["collate", "default"], ["collate", "c"]):
        return 2
    return 2 if words[:2] == ["information_schema", "."] and words[2:3] and words[2].startswith("_pg_") else 0


def _is_number(tokens: list[Token]) -> bool:
    """Whether the second token is the type `oid` of what is cast: the parser knows no arrays of it."""
    words = _words(tokens)
    return words[:2] == ["::", "oid"] or words == ["as", "oid", "["]


def _operator(tokens: list[Token]) -> str:
    """`operator(pg_catalog.~)` as `~`; nothing for anything else."""
    words = _words(tokens)
    return f" {words[4]} " if words[:4] == ["operator", "(", "pg_catalog", "."] and words[5:] == [")"] else ""


def _is_known(table: exp.Table, relations: Mapping[str, str]) -> bool:
    schema = relations.get(table.name.lower())
    wanted = table.db.lower()
    return schema is not None and (SCHEMAS.get(wanted) == schema if wanted else schema == "pg")


def _replace_known(tree: exp.Expr, knows: Callable[[exp.Expr], Known | None]) -> bool:
    """Put values in the place of calls that are about the session; whether there were any."""
    found = False
    for call in list(tree.find_all(exp.Func, exp.Column)):
        known = knows(call)
        if known is None:
            continue
        found = True
        name, value = known
        is_column = isinstance(call.parent, exp.Select) and call.arg_key == "expressions"
        call.replace(exp.alias_(value, name, quoted=True) if is_column else value)
    return found


def _cast(cast: exp.Cast) -> exp.Expr:
    kind = cast.to.sql("postgres").lower().strip('"')
    base = kind.removesuffix("[]")
    if base in _THINGS and base == kind:
        return _thing(cast, *_THINGS[kind])
    if kind.endswith("[]") and isinstance(cast.this, exp.Literal) and cast.this.is_string:
        items = [exp.null() if each is None else exp.Literal.string(each) for each in members(cast.this.name)]
        return exp.cast(exp.array(*items), f"{_TYPES.get(base, base)}[]", dialect="duckdb")
    if base in _TYPES:
        return exp.cast(cast.this.copy(), _TYPES[base] + kind[len(base) :], dialect="duckdb")
    return cast


def _thing(cast: exp.Cast, number: str | None, name: str | None) -> exp.Expr:
    """The number of a thing whose name is a text, else its name; where what is cast goes on as a text, that text."""
    inner = cast.this
    if isinstance(inner, (exp.Parameter, exp.Placeholder)) or (isinstance(inner, exp.Literal) and inner.is_string):
        return _call(number, inner) if number else exp.null()
    if name is None:
        return exp.cast(inner.copy(), "text", dialect="duckdb")
    return _call(name, inner, *([exp.null()] if name == "format_type" else []))


def _call(name: str, *given: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[each.copy() for each in given])


def names(script: str) -> Iterator[str]:
    """Names of the functions that a script makes."""
    for line in script.splitlines():
        if line.startswith("create macro "):
            yield line.removeprefix("create macro ").partition("(")[0].strip()
