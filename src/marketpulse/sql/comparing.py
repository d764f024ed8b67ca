"""What cannot be compared: where a text meets a number engines disagree, or stop at the first text that is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import name_of
from marketpulse.sql.function import FUNCTIONS
from marketpulse.sql.places import Origin, refusal

_SIDES = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_HOLDS = (*_SIDES, exp.And, exp.Or, exp.Not, exp.Between, exp.In, exp.Is, exp.Like, exp.ILike, exp.RegexpLike)
_CLASSES = {"string": "text", "int": "number", "long": "number", "double": "number"}
_CAST = {
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp",
    exp.DType.TIMESTAMPTZ: "timestamp",
    exp.DType.BOOLEAN: "boolean",
}
_GIVES = {"text": "text", "whole": "number", "double": "number"}
_TIMES = {"date", "timestamp"}
_WORDS = {"text": "a text", "number": "a number", "date": "a date", "timestamp": "a timestamp", "boolean": "a boolean"}


def class_of(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    """Text, number, date, timestamp or boolean, where it is certain; `types` are the contract types of the columns."""
    for kinds, found in _KINDS:
        if isinstance(node, kinds):
            return found if isinstance(found, str) else found(node, types)
    return None


def incomparable(tree: exp.Expr, types: Mapping[str, str], path: Origin = None) -> Iterator[DefinitionError]:
    """Every comparison of `tree` whose sides certainly have no order in common."""
    for node in tree.walk():
        for left, right in _pairs(node):
            told = _literal(left, right, types) or _literal(right, left, types) or _sides(left, right, types)
            if told:
                yield refusal(told[0], told[1], node=left if isinstance(right, exp.Literal) else right, path=path)


def _of_column(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    kind = types.get(node.name.lower(), "") if isinstance(node, exp.Column) and len(node.parts) == 1 else ""
    return "number" if kind.startswith("decimal") else _CLASSES.get(kind, kind or None)


def _of_cast(node: exp.Expr, _: Mapping[str, str]) -> str | None:
    to = node.args["to"].this
    if to in exp.DataType.TEXT_TYPES:
        return "text"
    return "number" if to in exp.DataType.NUMERIC_TYPES else _CAST.get(to)


def _of_call(node: exp.Expr, types: Mapping[str, str]) -> str | None:
    entry = FUNCTIONS.get(name_of(node))
    gives = entry.gives if entry else ""
    return class_of(node.expressions[0], types) if gives == "same" and node.expressions else _GIVES.get(gives)


_Found = str | Callable[[exp.Expr, Mapping[str, str]], str | None]
_KINDS: tuple[tuple[type | tuple[type, ...], _Found], ...] = (
    ((exp.Paren, exp.Neg), lambda node, types: class_of(node.this, types)),
    (exp.Column, _of_column),
    (exp.Literal, lambda node, _: "text" if node.is_string else "number"),
    ((exp.Boolean, *_HOLDS), "boolean"),
    (exp.Cast, _of_cast),
    ((exp.Div, exp.IntDiv, exp.Mod, exp.Mul), "number"),
    (exp.DPipe, "text"),
    (exp.Anonymous, _of_call),
)


def _pairs(node: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    if isinstance(node, _SIDES):
        yield node.this, node.expression
    elif isinstance(node, exp.Between):
        yield node.this, node.args["low"]
        yield node.this, node.args["high"]
    elif isinstance(node, exp.In):
        yield from ((node.this, value) for value in node.expressions)


def _literal(value: exp.Expr, other: exp.Expr, types: Mapping[str, str]) -> tuple[str, str] | None:
    """A quoted literal takes the type of what it is compared with."""
    if not (isinstance(value, exp.Literal) and value.is_string) or isinstance(other, exp.Literal):
        return None
    kind, text = class_of(other, types), value.this
    if kind == "number":
        return f"compares a number with the text {text!r}", "write numbers without quotes"
    if kind in _TIMES and not _is_moment(text, kind):
        example = "'2026-03-02'" if kind == "date" else "'2026-03-02 10:00:00'"
        return f"compares {_WORDS[kind]} with {text!r}", f"write it as {example}"
    if kind == "boolean":
        return f"compares a boolean with the text {text!r}", "write true or false, or the boolean alone"
    return None


def _is_moment(text: str, kind: str) -> bool:
    try:
        date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _sides(left: exp.Expr, right: exp.Expr, types: Mapping[str, str]) -> tuple[str, str] | None:
    if any(isinstance(side, exp.Literal) and side.is_string for side in (left, right)):
        return None
    kinds = (class_of(left, types), class_of(right, types))
    if None in kinds or kinds[0] == kinds[1] or set(kinds) == _TIMES:
        return None
    told = " with ".join(
        f"{_WORDS[str(kind)]} ({side.sql('spark')})" for kind, side in zip(kinds, (left, right), strict=True)
    )
    return f"compares {told}", "cast one of them: cast(… as …)"
