"""Nodes of YAML that nobody wrote, each with the place of what it stands for: errors in it have a line and a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

_TAG = "tag:yaml.org,2002:"


def value(of: str | bool | int, at: yaml.Node) -> yaml.ScalarNode:
    """A text, a flag or a whole number that stands where `at` does."""
    kind = {bool: "bool", int: "int"}.get(type(of), "str")
    text = str(of).lower() if isinstance(of, bool) else str(of)
    return yaml.ScalarNode(_TAG + kind, text, at.start_mark, at.end_mark)


def listed(items: Iterable[yaml.Node], at: yaml.Node) -> yaml.SequenceNode:
    """A list of nodes."""
    return yaml.SequenceNode(_TAG + "seq", list(items), at.start_mark, at.end_mark)


def mapping(fields: Mapping[str, yaml.Node], at: yaml.Node) -> yaml.MappingNode:
    """Names with nodes; each name stands where its node does."""
    pairs = [(value(name, node), node) for name, node in fields.items()]
    return yaml.MappingNode(_TAG + "map", pairs, at.start_mark, at.end_mark)


def fields(node: yaml.Node | None) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """The names of a mapping, each with its own node and that of its value; of anything else none."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {key.value: (key, inner) for key, inner in pairs}


def text_of(node: yaml.Node) -> str | None:
    """The text that stands there; None where something else does."""
    is_text = isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "str"
    return str(node.value) if is_text else None


def is_empty(node: yaml.Node) -> bool:
    """Whether nothing stands there."""
    return isinstance(node, yaml.ScalarNode) and node.tag == _TAG + "null"
