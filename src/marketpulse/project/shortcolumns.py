"""Columns of a short contract -> properties of the long one: a type, `!` where a value must be there, and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import yaml

from marketpulse.errors import DefinitionError
from marketpulse.project.odcs import ColumnValues, PropertyModel
from marketpulse.project.shortrules import rules
from marketpulse.project.yamlfile import Location, YamlFile
from marketpulse.project.yamlmade import fields, is_empty, listed, mapping, text_of, value

#: `decimal(18,4)! What it costs.`
_TEXT = re.compile(r"(?P<type>\w+(?:\s*\([\d\s,]*\))?)(?P<mark>!?)(?:\s+(?P<words>\S.*))?", re.DOTALL)
_COLUMNS: Location = ("schema", 0, "properties")
_LOGICAL = {"int": "integer", "long": "integer", "double": "number", "decimal": "number"}
_CUSTOM = tuple(ColumnValues.model_fields)
#: What a property says otherwise in the short form.
_SAID_OTHERWISE = {
    "name", "logicalType", "physicalType", "primaryKey", "primaryKeyPosition", "partitioned", "partitionKeyPosition",
    "quality", "customProperties",
}  # fmt: skip
_AS_IT_IS = tuple(name for name in PropertyModel.model_fields if name not in _SAID_OTHERWISE)
_KNOWN = ("type", *_AS_IT_IS, *_CUSTOM, "rules")
_YES = ("true", "yes", "on")
_EXAMPLE = "for example price: decimal(18,4)! What it costs."


class ShortColumns:
    """The columns of one short contract; `wrong` is what is wrong with them, with its place in the long form."""

    def __init__(self, source: YamlFile, layer: str, key: Sequence[yaml.Node], partition: Sequence[yaml.Node]) -> None:
        self.source = source
        self.layer = layer
        self.key = list(key)
        self.partition = list(partition)
        self.wrong: list[tuple[Location, DefinitionError]] = []

    def expanded(self, node: yaml.Node | None, root: yaml.Node) -> list[yaml.Node]:
        """A property for each column, in the order of the file."""
        columns = fields(node)
        if not columns:
            what = "columns is missing" if node is None else "columns is not names with types"
            self._tell(_COLUMNS, what, node or root, _EXAMPLE)
            return []
        if not self.key:
            hint = "what no two rows have alike: key: order_id, or key: [order_id, line_number]"
            self._tell((*_COLUMNS, "primaryKey"), "key is missing", root, hint)
        self._check("key", "primaryKey", self.key, list(columns))
        self._check("partition", "partitioned", self.partition, list(columns))
        self.key = self._once(self.key)
        return [self._column(place, *pair) for place, pair in enumerate(columns.values())]

    def _check(self, field: str, flag: str, named: Sequence[yaml.Node], columns: Sequence[str]) -> None:
        for node in named:
            if not isinstance(node, yaml.ScalarNode):
                self._tell((*_COLUMNS, flag), f"{field} is no name of a column", node, "columns: " + ", ".join(columns))
            elif node.value not in columns:
                close = get_close_matches(str(node.value), columns, n=1)
                hint = f"did you mean {close[0]}?" if close else "columns: " + ", ".join(columns)
                self._tell((*_COLUMNS, flag), f"{field} names {node.value}, which is no column", node, hint)

    def _once(self, named: Sequence[yaml.Node]) -> list[yaml.Node]:
        """The columns of the key, each once."""
        found: dict[str, yaml.Node] = {}
        for node in named:
            if str(node.value) in found:
                self._tell((*_COLUMNS, "primaryKey"), f"key names {node.value} twice", node, "name it once")
            found.setdefault(str(node.value), node)
        return list(found.values())

    def _column(self, place: int, key: yaml.Node, node: yaml.Node) -> yaml.Node:
        here: Location = (*_COLUMNS, place)
        made: dict[str, yaml.Node] = {"name": key}
        said = fields(node)
        kind = said["type"][1] if "type" in said else node
        made |= self._typed(here, key, kind)
        made |= self._found_by(key)
        if said:
            made |= self._more(here, key, said)
        return mapping(made, key)

    def _typed(self, here: Location, key: yaml.Node, node: yaml.Node) -> dict[str, yaml.Node]:
        text = text_of(node)
        found = _TEXT.fullmatch(text.strip()) if text is not None else None
        if found is None:
            shown = "nothing" if is_empty(node) or text is None else repr(text)
            hint = "write it in quotes between { and }, or one column a line" if "(" in shown else _EXAMPLE
            what = f"column {key.value} says {shown} where its type belongs"
            self._tell((*here, "physicalType"), what, node, hint, f"column {key.value}")
        elif (found["words"] or "").startswith("!"):
            hint = f"write {found['type']}! where a value must be there"
            self._tell((*here, "required"), f"column {key.value}: ! stands apart from its type", node, hint)
        kind = found["type"] if found else "string"
        made: dict[str, yaml.Node] = {
            "logicalType": value(_LOGICAL.get(kind.split("(")[0].strip(), _logical(kind)), node),
            "physicalType": value(kind, node),
            "description": value((found and found["words"]) or _words(str(key.value)), node),
        }
        return made | ({"required": value(True, node)} if found and found["mark"] else {})

    def _found_by(self, key: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
        """What the key and the partition say of a column."""
        for position, node in enumerate(self.key, 1):
            if node.value == key.value:
                yield "primaryKey", value(True, node)
                yield "primaryKeyPosition", value(position, node)
        for node in self.partition:
            if node.value == key.value:
                yield "partitioned", value(True, node)

    def _more(
        self, here: Location, key: yaml.Node, said: dict[str, tuple[yaml.Node, yaml.Node]]
    ) -> dict[str, yaml.Node]:
        """What a column says besides its type."""
        for name, (at, _) in said.items():
            if name not in _KNOWN:
                close = get_close_matches(name, _KNOWN, n=1)
                hint = f"did you mean {close[0]}?" if close else "known here: " + ", ".join(_KNOWN)
                what = f"column {key.value}: there is no field {name}"
                self._tell((*here, name), what, at, hint, f"column {key.value}")
        self._check_once(here, key, said)
        made = {name: said[name][1] for name in _AS_IT_IS if name in said}
        if "identifies" in said and "classification" not in said:
            made["classification"] = value("pii", said["identifies"][0])
        custom = [
            mapping({"property": value(name, said[name][0]), "value": said[name][1]}, said[name][0])
            for name in _CUSTOM
            if name in said
        ]
        if custom:
            made["customProperties"] = listed(custom, custom[0])
        if "rules" in said:
            made["quality"] = rules(said["rules"][1], self.layer, here, self.source, self.wrong)
        return made

    def _check_once(self, here: Location, key: yaml.Node, said: dict[str, tuple[yaml.Node, yaml.Node]]) -> None:
        """What a type says and a field says otherwise: one of them would be lost."""
        kind = _TEXT.fullmatch((text_of(said["type"][1]) or "").strip()) if "type" in said else None
        for name, part, mark in (("required", "mark", "!"), ("description", "words", "words")):
            is_same = name == "required" and name in said and str(said[name][1].value).lower() in _YES
            if kind and kind[part] and name in said and not is_same:
                what = f"column {key.value}: its type says {mark}, and {name} says it otherwise"
                self._tell((*here, name), what, said[name][0], "say it once", f"column {key.value}")

    def _tell(self, place: Location, what: str, at: yaml.Node, hint: str, about: str | None = None) -> None:
        self.wrong.append((place, self.source.error_at(what, at, hint, about)))


def _logical(kind: str) -> str:
    """The logical type of what has the same name; a text for what is no type, which is told elsewhere."""
    return kind if kind in ("boolean", "date", "timestamp") else "string"


def _words(name: str) -> str:
    """What a column is called, for one that says nothing of itself.

    >>> _words("price_date")
    'Price date.'
    """
    return name.replace("_", " ").strip().capitalize() + "."
