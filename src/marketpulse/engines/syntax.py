"""What a query of people reads, by DuckDB's own parser: what it would run is what is looked at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from marketpulse.errors import UsageError

#: What a table in a query may be, and functions that make rows of nothing but their arguments.
_REFERENCES = frozenset({
    "BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST", "PIVOT", "TABLE_FUNCTION", "SHOW_REF",
})  # fmt: skip
_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
#: What shows how a view is made, or the plan of a query, and with it what keys pseudonyms.
_DEFINITIONS = frozenset({"json_serialize_plan", "pg_get_viewdef"})
_PLAIN = re.compile(r"\w+")
_NOTHING: frozenset[str] = frozenset()


def refuse_beside(tree: dict[str, Any], tables: Collection[str]) -> None:
    """Raise UsageError for the tree of `json_serialize_sql` that reads anything but `<schema>.<table>` of `tables`.

    What is no `select`, or is written in a way that is not known here, is refused too.
    """
    if tree.get("error"):
        told = str(tree.get("error_message") or "").splitlines()
        hint = "a pivot says its values: pivot … on x in ('a', 'b')"
        known = bool(told) and "SELECT" not in told[0]
        raise UsageError(told[0]) if known else UsageError("one select, written with select or with", hint=hint)
    there = {table.lower() for table in tables}
    for node, common in _references(tree):
        _refuse(node, there, common)


def refuse_definitions(tree: dict[str, Any]) -> None:
    """Raise UsageError for a query that would show what stands in views: what keys pseudonyms does."""
    if shown := sorted(_DEFINITIONS & {str(node.get("function_name")).lower() for node in _nodes(tree)}):
        raise UsageError(f"{shown[0]}() shows how what is read is made", hint="explain shows how a query runs")


def tables_named(tree: dict[str, Any]) -> set[str]:
    """Tables that a query reads, as `<schema>.<table>` in lower case."""
    found = (node for node, _ in _references(tree) if node["type"] == "BASE_TABLE" and node["schema_name"])
    return {f"{node['schema_name']}.{node['table_name']}".lower() for node in found}


def takes_all(tree: dict[str, Any]) -> bool:
    """Whether a query takes columns that it does not name: `*`, `columns(…)`, `describe`; not `order by all`."""
    return any(node.get("class") == "STAR" for node in _nodes(tree, but="modifiers"))


def columns_named(tree: dict[str, Any]) -> set[str]:
    """Columns that a query names, in lower case."""
    return {str(node["column_names"][-1]).lower() for node in _nodes(tree) if node.get("column_names")}


def _refuse(node: dict[str, Any], tables: Collection[str], common: Collection[str]) -> None:
    kind = node["type"]
    if kind not in _REFERENCES:
        raise UsageError("only rows of tables can be read here", hint="marketpulse status lists the tables")
    if kind == "SHOW_REF" and not node["query"]:  # `describe` and `summarize` have the query that they are about
        raise UsageError("there is nothing of this kind to show", hint="show tables lists the tables")
    if kind == "TABLE_FUNCTION" and node["function"].get("function_name") not in _FUNCTIONS:
        name = str(node["function"].get("function_name"))
        raise UsageError(f"{name[:60]}() reads what is no table of this warehouse", hint="read tables as layer.table")
    if kind == "BASE_TABLE":
        name = ".".join(filter(None, (node["catalog_name"], node["schema_name"], node["table_name"]))).lower()
        if name not in tables and name not in common:
            raise UsageError(f"there is no table {name[:80]} in this warehouse", hint="read tables as layer.table")


def _nodes(tree: Any, but: str = "") -> Iterator[dict[str, Any]]:
    """Every node; none of those below a key that is left out."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += [value for key, value in node.items() if key != but]
        elif isinstance(node, list):
            waiting += node


def _references(tree: Any) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Every table, function or subquery that rows are read of, and the common table expressions it may name.

    Each has a place for a sample. A name is looked for where the engine does: outside of its query, of the query of one
    that stands before it, and, recursive, of the first part of its own, it would be of the engine's own catalogue.
    """
    waiting: list[tuple[Any, frozenset[str]]] = [(tree, frozenset())]
    while waiting:
        node, common = waiting.pop()
        if isinstance(node, list):
            waiting += ((each, common) for each in node)
        if not isinstance(node, dict):
            continue
        if "sample" in node and "alias" in node and "type" in node:
            yield node, common
        within = common
        for each in _expressions(node):
            waiting.append((each["value"], within))
            within |= _plain(each["key"])
        for key, value in node.items():
            if key != "cte_map":
                waiting.append((value, within | (_itself(node) if key == "right" else _NOTHING)))


def _expressions(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Common table expressions of a query, in order."""
    found = node.get("cte_map")
    return list(found["map"]) if isinstance(found, dict) else []


def _itself(node: dict[str, Any]) -> frozenset[str]:
    """What the second part of a recursive expression calls itself."""
    return _plain(node["cte_name"]) if node.get("type") == "RECURSIVE_CTE_NODE" else _NOTHING


def _plain(name: Any) -> frozenset[str]:
    """A name as it is looked for; none where it could be that of a file."""
    return frozenset({str(name).lower()}) if _PLAIN.fullmatch(str(name)) else _NOTHING
