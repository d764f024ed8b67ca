"""What an engine takes for a value of another type by itself: one stops at what is none, or refuses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from marketpulse.run.fitting import class_of

#: A text is taken for these while it is one, and anything for a boolean.
_TEXT_FOR = ("number", "date", "timestamp")


@dataclass(frozen=True)
class Taken:
    """A value of the class `what` (its column `name`, where it is one) that is taken for a `kind`."""

    what: str
    name: str
    kind: str


def taken_for(plan: str) -> Iterator[Taken]:
    """What is taken for what in a plan that DuckDB wrote as JSON.

    Casts that authors wrote give null for what does not fit, in every engine: those are never meant.
    """
    todo: list[Any] = [json.loads(plan)]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo += node
        elif isinstance(node, dict):
            todo += node.values()
            if node.get("type") == "OPERATOR_CAST" and not node["function_data"]["try_cast"]:
                yield from _taken(node["children"][0], class_of(node["return_type"]["id"]))


def _taken(inner: dict[str, Any], kind: str) -> Iterator[Taken]:
    # A constant has a value in place of a type that is returned.
    constant = inner.get("value", {}).get("type", {}).get("id", "NULL")
    is_text = inner.get("return_type", {}).get("id") == "VARCHAR"
    found = inner.get("return_type", {}).get("id", constant)
    if kind == "boolean" and found not in ("BOOLEAN", "NULL", '"NULL"'):
        yield Taken(class_of(found), inner.get("alias", ""), kind)
    elif is_text and kind in _TEXT_FOR:
        yield Taken("text", inner.get("alias", ""), kind)
