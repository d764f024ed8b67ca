"""Texts that an engine takes for numbers or times by itself: one stops at what is none, another gives null."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from marketpulse.run.fitting import class_of

_TAKEN_FOR = ("number", "boolean", "date", "timestamp")


def taken_for(plan: str) -> Iterator[tuple[str, str]]:
    """What (a column, where it is one) is taken for what in a plan that DuckDB wrote as JSON.

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
                inner, kind = node["children"][0], class_of(node["return_type"]["id"])
                # A constant has a value in place of a type that is returned.
                is_text = inner.get("return_type", {}).get("id") == "VARCHAR"
                if is_text and kind in _TAKEN_FOR:
                    yield inner.get("alias", ""), kind
