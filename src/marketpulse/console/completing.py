"""What may come next in a query: tables, columns, metrics, functions, words; as many as whoever looks may see.

The page sends what stands before the cursor and after it; nothing of it is run. `static/complete.js` shows the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from marketpulse.console.forms import form
from marketpulse.names import LAYERS
from marketpulse.project.contract import Contract
from marketpulse.serving.asviews import SCHEMA, as_view
from marketpulse.serving.desk import Look
from marketpulse.serving.masking import masks
from marketpulse.sql import DUCKDB
from marketpulse.visible import visible

#: More would have to be scrolled: whoever looks for another writes a letter more.
_MOST = 10
#: Tables that are named beside a column.
_MOST_NAMED = 3
#: Strings, quoted names and comments, also those that are not closed; words with their dots; whatever else.
_TOKEN = re.compile(r"'(?:[^']|'')*(?:'|$)|\"(?:[^\"]|\"\")*(?:\"|$)|--[^\n]*|/\*.*?(?:\*/|$)|[\w.]+|\S", re.DOTALL)
_CLOSED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"[\w.]*$")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_BEFORE_TABLES = frozenset({"from", "join"})
WORDS = ("select", "from", "where", "group by", "order by", "having", "limit", "join", "left join", "on", "using",
         "with", "as", "and", "or", "not", "in", "between", "is null", "is not null", "like", "case", "when", "then",
         "else", "end", "distinct", "union all", "over", "partition by", "filter", "qualify", "asc", "desc", "exists",
         "date", "timestamp", "interval", "cast", "true", "false", "null")  # fmt: skip
_NO_ALIAS = frozenset(word.split()[0] for word in WORDS) | {"left", "right", "full", "inner", "cross", "group", "order"}


@dataclass(frozen=True)
class Next:
    """One thing that may come: `text` is put in, `shown` is read, `kind` is its sort, `about` says what it is."""

    text: str
    shown: str
    kind: str
    about: str = ""


async def answer(request: Request) -> Response:
    """What may come next, as JSON: `length` is how much before the cursor it takes the place of."""
    given = await form(request)
    return await run_in_threadpool(_answered, request, given.get("before", ""), given.get("after", ""))


def _answered(request: Request, before: str, after: str) -> Response:
    with request.app.state.desk.look() as look:
        part, found = nexts(look, before, after)
    return JSONResponse({"length": len(part.encode("utf-16-le")) // 2, "words": [asdict(each) for each in found]})


def nexts(look: Look, before: str, after: str = "") -> tuple[str, list[Next]]:
    """The word that is begun, and what it may become; nothing inside of a text or a comment."""
    *earlier, last = ["", *_TOKEN.findall(before)]
    if _is_open(last, before):
        return "", []
    whole = _WORD.search(before)
    part = whole[0] if whole else ""
    previous = (earlier[-1] if part else last).lower()
    used = _used(look, f"{before}\n{after}")
    if "." in part:
        owner, _, begun = part.lower().rpartition(".")
        return begun, _fitting(begun, _of(look, owner, used))
    if previous in _BEFORE_TABLES:
        return part, _fitting(part, _tables(look))
    if not part:
        return part, _fitting(part, _columns_of(look, used)) if used else []
    columns = [] if used else _columns_of_all(look)
    return part, _fitting(part, [*_columns_of(look, used), *_words(), *columns, *_functions(look), *_tables(look)])


def _is_open(token: str, before: str) -> bool:
    """Whether the cursor stands inside of a text, a quoted name or a comment."""
    if token.startswith("--"):
        return before.endswith(token)  # a line break ends it
    return token.startswith(("'", '"', "/*")) and not _CLOSED.fullmatch(token)


def _fitting(begun: str, found: Iterable[Next]) -> list[Next]:
    """Those that begin so, then those with a part that does."""
    low, kept = begun.lower(), {each.text: each for each in found}
    first = [each for each in kept.values() if each.shown.lower().startswith(low)]
    parted = re.compile(rf"[._ ]{re.escape(low)}")
    rest = [each for each in kept.values() if each not in first and parted.search(each.shown.lower())]
    return [each for each in [*first, *rest] if each.text != begun][:_MOST]


def _used(look: Look, text: str) -> dict[str, str]:
    """Tables that a query reads, by what it calls them: their names, and other names that it gives."""
    known = {name.lower(): name for name in look.context.lake.names()}
    tokens = [each for each in _TOKEN.findall(text) if not each.startswith(("--", "/*", "'"))]
    found: dict[str, str] = {}
    for n, token in enumerate(tokens):
        if name := known.get(token.lower()):
            found[name] = found[name.partition(".")[2]] = name
            alias = next((each for each in tokens[n + 1 : n + 3] if each.lower() != "as"), "")
            if re.fullmatch(r"\w+", alias) and alias.lower() not in _NO_ALIAS:
                found[alias.lower()] = name
    return found


def _of(look: Look, owner: str, used: dict[str, str]) -> list[Next]:
    """What may stand after a point."""
    if owner in (*LAYERS, SCHEMA):
        within = [each for each in _tables(look) if each.text.startswith(f"{owner}.")]
        return [replace(each, text=_last(each.text), shown=_last(each.shown)) for each in within]
    name = used.get(owner) or next((each for each in look.context.lake.names() if each == owner), None)
    return list(_columns(look, name)) if name else []


def _last(name: str) -> str:
    return name.partition(".")[2]


def _tables(look: Look) -> list[Next]:
    """Those that people read most first."""
    names = sorted(look.context.lake.names(), key=lambda name: (-LAYERS.index(name.partition(".")[0]), name))
    return [*(_next(name, "table", _grain(look, name)) for name in names), *_metrics(look)]


def _metrics(look: Look) -> list[Next]:
    """Metrics that can be read as tables of days."""
    metrics = look.project.metrics[0].metrics.values()
    known = look.once("metric views", lambda: [view for metric in metrics if (view := as_view(metric))])
    return [Next(each.name, each.name, "metric", visible(each.metric.description)) for each in known]


def _grain(look: Look, name: str) -> str:
    contract = look.context.contract(name)
    return contract.grain if contract else "as it was received"


def _columns_of(look: Look, used: dict[str, str]) -> Iterator[Next]:
    for name in dict.fromkeys(used.values()):
        yield from _columns(look, name)


def _columns_of_all(look: Look) -> list[Next]:
    """Columns of whatever tables there are, with these: while no table is named, they say which to name."""

    def found() -> list[Next]:
        tables: dict[str, list[str]] = {}
        for each in _tables(look):
            contract = look.context.contract(each.shown) if each.kind == "table" else None
            for column in _seen(look, contract, contract.types) if contract else ():
                tables.setdefault(column, []).append(each.shown)
        return [_next(column, "column", _among(names)) for column, names in tables.items()]

    return look.once(("columns of all", look.moment.masked), found)


def _among(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return f"of {', '.join(names[:_MOST_NAMED])}{more}"


def _seen(look: Look, contract: Contract | None, columns: Iterable[str]) -> list[str]:
    """Those of the columns that whoever looks may see."""
    seen = masks(contract) if look.moment.masked else None
    return [column for column in columns if seen is None or column in seen]


def _columns(look: Look, name: str) -> Iterator[Next]:
    """Columns of a table that whoever looks may see."""
    table, contract = look.context.lake.find(name), look.context.contract(name)
    said = {column.name: column.description for column in contract.columns} if contract else {}
    types = table.types if table else {}
    for column in _seen(look, contract, types):
        yield _next(column, "column", " · ".join(filter(None, (types[column], said.get(column)))))


def _functions(look: Look) -> list[Next]:
    """Functions of the engine that reads people's queries."""

    def found() -> list[Next]:
        with look.busy:
            rows = look.context.engine.local.rows(
                "select function_name, any_value(description) from duckdb_functions() where schema_name = 'main' "
                "and regexp_full_match(function_name, '[a-z][a-z0-9_]+') and function_type in "
                "('scalar', 'aggregate', 'macro') and not starts_with(function_name, 'pg_') "
                "and not starts_with(function_name, 'duckdb_') group by 1 order by 1"
            )
        return [Next(f"{name}(", f"{name}()", "function", about or "") for name, about in rows]

    return look.once("functions", found)


def _words() -> list[Next]:
    return [Next(word, word, "word") for word in WORDS]


def _next(name: str, kind: str, about: str) -> Next:
    """A name as it is written in a query."""
    text = ".".join(part if _PLAIN.fullmatch(part) else DUCKDB.name(part) for part in name.split("."))
    return Next(text, visible(name), kind, visible(about))
