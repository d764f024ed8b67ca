"""YAML text -> its nodes and data, for texts that people wrote and for those that want to break the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from marketpulse.errors import DefinitionError, Place

_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: Levels and values that no definition needs; aliases count as what they stand for.
_MOST_DEEP, _MOST_NODES = 40, 200_000
_TEXT, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"
_QUOTES = "write it in quotes"


class _Loader(_Parser):  # type: ignore[misc, valid-type]
    """A loader whose every error has a place: a date that is none, a number of 5,000 digits."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """See yaml.constructor; what Python's own readers of values raise is an error of the node."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError, IndexError, OverflowError, TypeError):
            what = f"{str(node.value)[:40]!r} is no {_kind(node)}"
            raise yaml.constructor.ConstructorError(None, None, what, node.start_mark) from None


def parse(text: str, path: Path) -> tuple[yaml.Node | None, Any]:
    """Root node and data of a YAML text. Raise DefinitionError for what is no YAML, or names a value twice."""
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            if root is not None:
                _check(root, path)
            return root, loader.construct_document(root) if root is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise _wrong(f"not valid YAML: {error.problem}", error.problem_mark, path) from None
    except yaml.YAMLError as error:
        raise DefinitionError(f"not valid YAML: {str(error).splitlines()[0]}", where=path) from None
    except RecursionError:
        raise DefinitionError(f"not valid YAML: nested more than {_MOST_DEEP} levels deep", where=path) from None


def construct(root: yaml.Node) -> Any:
    """The data of nodes that were made of those that `parse` has checked."""
    loader = _Loader("")
    try:
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _check(root: yaml.Node, path: Path) -> None:
    """Refuse what is nested too deeply, what aliases make endless, and names that are no text or are given twice."""
    todo = [(root, 1)]
    seen: set[int] = set()
    count = 0
    found: list[DefinitionError] = []
    while todo:
        node, depth = todo.pop()
        count += 1
        if depth > _MOST_DEEP:
            raise _wrong(f"nested more than {_MOST_DEEP} levels deep", node.start_mark, path)
        if count > _MOST_NODES:
            raise _wrong(f"aliases make more than {_MOST_NODES:,} values", node.start_mark, path)
        if isinstance(node, yaml.MappingNode):
            found += [] if id(node) in seen else _names(node, path)
            todo += [(part, depth + 1) for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            todo += [(item, depth + 1) for item in node.value]
        elif "\0" in node.value:
            raise _wrong("holds the character U+0000", node.start_mark, path)
        seen.add(id(node))
    if found:
        raise DefinitionError.together(found)


def _names(node: yaml.MappingNode, path: Path) -> list[DefinitionError]:
    """What is wrong with the names of a mapping."""
    lines: dict[str, int] = {}
    found = []
    for key, _ in node.value:
        mark = key.start_mark
        if key.tag == _MERGE:
            continue
        if not isinstance(key, yaml.ScalarNode) or key.tag != _TEXT:
            shown = key.value[:40] if isinstance(key, yaml.ScalarNode) else "this"
            found.append(_wrong(f"{shown} is a {_kind(key)} where a name belongs", mark, path, _QUOTES))
        elif key.value in lines:
            what = f"{key.value!r} is given twice, first in line {lines[key.value]}"
            found.append(_wrong(what, mark, path, "keep one of them"))
        else:
            lines[key.value] = mark.line + 1
    return found


def _kind(node: yaml.Node) -> str:
    return str(node.tag.rpartition(":")[2])


def _wrong(message: str, mark: yaml.Mark | None, path: Path, hint: str | None = None) -> DefinitionError:
    place = Place(str(path), mark.line + 1, mark.column + 1) if mark else path
    return DefinitionError(message, where=place, hint=hint)
