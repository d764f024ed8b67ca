"""What a text is: a query, or what drivers and tools say around queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType

from marketpulse.errors import UsageError

Kind = Literal["query", "begin", "commit", "rollback", "set", "show", "done", "refused", "declare", "fetch", "close"]
#: SQLSTATE `read_only_sql_transaction`.
_READ_ONLY = "25006"
_LEAD = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE)
_KINDS: dict[str, Kind] = {
    "begin": "begin", "start": "begin", "commit": "commit", "end": "commit", "rollback": "rollback",
    "abort": "rollback",
    "savepoint": "done", "release": "done", "set": "set", "reset": "set", "discard": "done", "deallocate": "done",
    "listen": "done", "unlisten": "done", "declare": "declare", "fetch": "fetch", "move": "fetch", "close": "close",
    "show": "show",
}  # fmt: skip
_WRITES = frozenset({
    "insert", "update", "delete", "merge", "truncate", "create", "alter", "drop", "grant", "revoke", "comment",
    "copy", "vacuum", "analyze", "cluster", "reindex", "refresh", "lock", "call", "do", "import", "export",
    "attach", "detach", "use", "install", "load", "pragma", "checkpoint", "notify", "prepare", "execute",
    "security", "reassign",
})  # fmt: skip
#: How Postgres says that they are done.
_TAGS = {
    "start": "START TRANSACTION", "end": "COMMIT", "abort": "ROLLBACK", "deallocate": "DEALLOCATE",
    "close": "CLOSE CURSOR", "declare": "DECLARE CURSOR",
}  # fmt: skip
_SET = re.compile(
    r"set\s+(?:session\s+|local\s+)?(?P<name>[\w.]+|time\s+zone)(?:\s+to\s+|\s*=\s*|\s+)(?P<value>.+)",
    re.IGNORECASE | re.DOTALL,
)
_SHOW = re.compile(r"show\s+(.+)", re.IGNORECASE | re.DOTALL)
_TABLES = re.compile(r"show\s+(?:all\s+)?tables\b", re.IGNORECASE)
_DECLARE = re.compile(
    r'declare\s+"?(?P<name>[^"\s]+)"?\s[\w\s]{0,100}?\bcursor\s+(?:with(?:out)?\s+hold\s+)?for\s+(?P<query>.+)',
    re.IGNORECASE | re.DOTALL,
)
_FETCH = re.compile(
    r'fetch\s+(?:(?P<count>all|next|[0-9]{1,18}|forward\s+(?:all|[0-9]{1,18})|forward)\s+)?(?:(?:from|in)\s+)?"?(?P<name>[^"\s]+)"?',
    re.IGNORECASE,
)
_CLOSE = re.compile(r'close\s+"?(?P<name>[^"\s]+)"?', re.IGNORECASE)
#: Settings of Postgres whose name has two words.
_LONG = {"time zone": "timezone", "transaction isolation level": "transaction_isolation"}


@dataclass(frozen=True)
class Statement:
    """One statement; `tag` is how Postgres tells that it is done, of a query without its rows.

    `name` is of a setting or a cursor, `value` what is set, or the query of a cursor. `count` are the rows to fetch
    (None: all).
    """

    text: str
    kind: Kind
    tag: str
    name: str = ""
    value: str = ""
    count: int | None = None


def statements(text: str) -> Iterator[Statement]:
    """The statements of a text, in order; what is between them and empty is none."""
    for piece in _pieces(text):
        body = _LEAD.sub("", piece, count=1) if _LEAD.match(piece) else piece
        if body.strip():
            yield _read(body.strip())


def _pieces(text: str) -> Iterator[str]:
    """A text, cut at what ends a statement: not inside of a text, a name or a comment."""
    if ";" not in text:
        yield text
        return
    try:
        tokens = Postgres().tokenize(text)
    except TokenError:
        yield text  # the engine will say what is wrong
        return
    at = 0
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            yield text[at : token.start]
            at = token.end + 1
    yield text[at:]


def _read(text: str) -> Statement:
    found = _WORD.match(text)
    word = found[0].lower() if found else ""
    if word in _WRITES:
        return Statement(text, "refused", word.upper())
    kind = "query" if _TABLES.match(text) else _KINDS.get(word, "query")
    tag = "SELECT" if kind == "query" else _TAGS.get(word, word.upper())
    return _NAMED.get(kind, Statement)(text, kind, tag)


def _set(text: str, kind: Kind, tag: str) -> Statement:
    found = _SET.fullmatch(text)
    if found is None:
        return Statement(text, kind, tag)
    name = " ".join(found["name"].lower().split())
    return Statement(text, kind, tag, _LONG.get(name, name), found["value"].strip().strip("'\""))


def _show(text: str, kind: Kind, tag: str) -> Statement:
    found = _SHOW.fullmatch(text)
    name = " ".join(found[1].lower().split()).strip('"') if found else ""
    return Statement(text, kind, tag, _LONG.get(name, name))


def _declare(text: str, kind: Kind, tag: str) -> Statement:
    found = _DECLARE.fullmatch(text)
    if found is None:
        raise UsageError("a cursor is declared as: declare NAME cursor for select …", sqlstate="42601")
    return Statement(text, kind, tag, found["name"], found["query"])


def _fetch(text: str, kind: Kind, tag: str) -> Statement:
    found = _FETCH.fullmatch(text)
    if found is None:
        hint = "fetch 100 from NAME, or fetch all from NAME"
        raise UsageError("a cursor goes forward only", hint=hint, sqlstate="0A000")
    words = (found["count"] or "next").lower().removeprefix("forward").strip()
    count = None if words == "all" else 1 if words in ("", "next") else int(words)
    return Statement(text, kind, tag, found["name"], count=count)


def _close(text: str, kind: Kind, tag: str) -> Statement:
    found = _CLOSE.fullmatch(text)
    return Statement(text, kind, tag, found["name"] if found else "")


_NAMED = {"set": _set, "show": _show, "declare": _declare, "fetch": _fetch, "close": _close}


def refused(statement: Statement) -> UsageError:
    """The error of a statement that would change something."""
    what = f"the wire is read-only: one select, not {statement.tag.lower()}"
    return UsageError(what, hint="start with select or with", sqlstate=_READ_ONLY)
