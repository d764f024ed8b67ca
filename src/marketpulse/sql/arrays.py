"""What stands where a mapping reads an array of JSON and is none: `{"items": {"sku": "x"}}` has an item, and no array.

`from_json` gives null for it, as where there is nothing. So the place is read once more, as a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import reduce

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from marketpulse.sql.authored import VALID_JSON, name_of
from marketpulse.sql.parsing import parse_query

#: How the reason ends, behind the name of the field.
NO_ARRAY = " is no array"


def no_array(array: exp.Expr) -> exp.Expr | None:
    """What is no array where `array` (authored) reads one, as a reason; None where it reads no array of JSON.

    It is null where there is one, or nothing; of branches only the one that is taken is looked at.

    >>> from marketpulse.sql import parse
    >>> no_array(parse("select split(tags, ';') as tags from bronze.web").selects[0]) is None
    True
    """
    if isinstance(array, exp.Lambda):
        return None
    if isinstance(array, exp.Case) or (isinstance(array, exp.Anonymous) and name_of(array) == "if"):
        return _of_branches(array)
    if _call(array) is not None:
        return _read(array)
    found = [each for each in map(no_array, array.iter_expressions()) if each is not None]
    return reduce(_first, found) if found else None


def texts_of(array: exp.Expr) -> Iterator[exp.Expr]:
    """The texts that arrays of JSON are read in."""
    seen = set()
    for call in array.find_all(exp.Anonymous):
        if name_of(call) == "from_json" and call.expressions[0].sql() not in seen:
            seen.add(call.expressions[0].sql())
            yield call.expressions[0].copy()


def _of_branches(node: exp.Expr) -> exp.Expr | None:
    copy, found = node.copy(), False
    for branch in _branches(copy):
        reason = no_array(branch)
        found = found or reason is not None
        branch.replace(reason or exp.null())
    return copy if found else None


def _branches(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Case):
        last = node.args.get("default")
        return [*(each.args["true"] for each in node.args["ifs"]), *([last] if last else [])]
    return node.expressions[1:]


def _first(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="coalesce", expressions=[one, other])


def _call(node: exp.Expr) -> exp.Anonymous | None:
    """The `from_json` of which a field, or all, is read."""
    while isinstance(node, exp.Dot):
        node = node.this
    return node if isinstance(node, exp.Anonymous) and name_of(node) == "from_json" else None


def _names(node: exp.Expr) -> list[str]:
    """The fields, from the outside."""
    return [*_names(node.this), node.expression.name] if isinstance(node, exp.Dot) else []


def _read(read: exp.Expr) -> exp.Expr | None:
    """The reason of one array that is read."""
    call = _call(read)
    assert call is not None  # noqa: S101 - asked before
    text, names = call.expressions[0], _names(read)
    schema = _as_text(call.expressions[1].name, names)
    if schema is None:
        return None
    is_known = text.meta.get(VALID_JSON)
    broken = "" if is_known and names else "(trim(_text) <> '' and trim(_text) <> 'null'{})"
    broken = broken.format(" and get_json_object(_text, '$') is null" if names else "")
    found = f"trim(_as_text) <> ''{broken and ' or '}{broken}" if names else broken
    name = re.sub("'", "", names[-1] if names else text.name or "it")
    reason = f"select case when _read is null and ({found}) then '{name}{NO_ARRAY}' end"
    as_text = read.copy()
    inner = _call(as_text)
    assert inner is not None  # noqa: S101 - a copy
    inner.expressions[1].replace(exp.Literal.string(schema))
    return _filled(reason, {"_read": read, "_text": text, "_as_text": as_text})


def _filled(query: str, holes: dict[str, exp.Expr]) -> exp.Expr:
    found: exp.Expr = parse_query(query).copy().selects[0]
    for column in list(found.find_all(exp.Column)):
        column.replace(holes[column.name].copy())
    return found


def _as_text(schema: str, names: list[str]) -> str | None:
    """A schema of that field alone, as a text; None where the schema has no array there."""
    text = schema.strip()
    whole = text if text.upper().startswith(("STRUCT<", "ARRAY<", "MAP<")) else f"STRUCT<{text}>"
    try:
        kind = sqlglot.parse_one(f"cast(x as {whole})", read="spark").args["to"]
    except SqlglotError:
        return None
    wrap: Callable[[str], str] = str
    for name in names:
        field = next((each for each in kind.expressions if each.name.lower() == name.lower()), None)
        if kind.this != exp.DType.STRUCT or field is None:
            return None
        around, kind = field.this.sql("spark"), field.args["kind"]
        wrap = _inside(wrap, around)
    return wrap("STRING") if kind.this == exp.DType.ARRAY else None


def _inside(wrap: Callable[[str], str], name: str) -> Callable[[str], str]:
    return lambda kind: wrap(f"STRUCT<{name}: {kind}>")
