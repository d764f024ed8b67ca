"""The short form of a contract -> the long one (ODCS) that it stands for, before anybody reads it.

    key: sku
    columns: {sku: string, price: "decimal(18,4)! What it costs."}   ->   schema: [{properties: [{name: sku, …}, …]}]

Nodes of YAML become nodes of YAML, so everything behind knows one form, and every error the place of what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import yaml

from marketpulse.errors import DefinitionError
from marketpulse.project.shortcolumns import ShortColumns
from marketpulse.project.shortrules import rules
from marketpulse.project.yamlfile import Location, YamlFile, read_yaml
from marketpulse.project.yamlmade import fields, is_empty, listed, mapping, text_of, value

Wrong = list[tuple[Location, DefinitionError]]
_LONG = {"apiVersion", "kind", "schema"}  # any other file is meant to be a short one
_OWN = ("grain", "owner", "description", "key", "partition", "columns", "rules")
_CUSTOM = ("merge", "history", "deleted", "inputs", "apart", "keep", "rejectedShareLimit", "removedShareLimit")
_AS_IT_IS = ("version", "status", "domain", "dataProduct", "tags")
_KNOWN = (*_OWN, *_CUSTOM, *_AS_IT_IS)


def read_definition(path: Path) -> tuple[YamlFile, Wrong]:
    """A contract in its long form, and what is wrong with the short one, with places in the long one.

    Raise DefinitionError for what is no YAML.
    """
    source = read_yaml(path)
    given = set(source.data) if isinstance(source.data, dict) else set()
    if given & _LONG or not given or source.root is None:
        return source, []
    return _Short(source, source.root).expanded()


class _Short:
    """One short contract while it is expanded."""

    def __init__(self, source: YamlFile, root: yaml.Node) -> None:
        self.source = source
        self.root = root
        self.given = {name: pair for name, pair in fields(root).items() if not is_empty(pair[1])}
        folder = source.path.parent
        self.layer, self.table = folder.parent.name, folder.name
        self.wrong: Wrong = [((name,), error) for name, error in self._unknown()]

    def expanded(self) -> tuple[YamlFile, Wrong]:
        """The file with the nodes of the long form."""
        at = self.root
        first = {
            "apiVersion": value("v3.0.2", at),
            "kind": value("DataContract", at),
            "id": value(f"{self.layer}.{self.table}", at),
            "name": value(self.table, at),
            "version": value("1.0.0", at),
            "status": value("active", at),
        }
        said = {name: self.given[name][1] for name in _AS_IT_IS if name in self.given}
        schema = {"schema": listed([self._schema()], at)}
        custom = {"customProperties": listed(self._custom(), at)}
        root = mapping({**first, **said, **self._owner(), "description": self._purpose(), **schema, **custom}, at)
        return self.source.with_root(root), self.wrong

    def _unknown(self) -> Iterator[tuple[str, DefinitionError]]:
        for name, (key, _) in fields(self.root).items():
            if name not in _KNOWN:
                close = get_close_matches(name, _KNOWN, n=1)
                hint = f"did you mean {close[0]}?" if close else "known here: " + ", ".join(sorted(_KNOWN))
                yield name, self.source.error_at(f"there is no field {name}", key, hint)

    def _owner(self) -> dict[str, yaml.Node]:
        if "owner" not in self.given:
            self._tell(("team",), "owner is missing", self.root, "who answers for it: owner: purchasing")
            return {"team": listed([mapping({"username": value("-", self.root)}, self.root)], self.root)}
        owner = self.given["owner"][1]
        return {"team": listed([mapping({"username": owner, "role": value("owner", owner)}, owner)], owner)}

    def _grain(self) -> yaml.Node:
        if "grain" in self.given:
            return self.given["grain"][1]
        key = [str(node.value) for node in self._names("key") if isinstance(node, yaml.ScalarNode)]
        words = f"{', '.join(key[:-1])} and {key[-1]}" if len(key) > 1 else "".join(key)
        return value(f"One row per {words or 'key'}.", self.root)

    def _purpose(self) -> yaml.Node:
        found = self.given["description"][1] if "description" in self.given else self._grain()
        return found if isinstance(found, yaml.MappingNode) else mapping({"purpose": found}, found)

    def _names(self, field: str) -> Sequence[yaml.Node]:
        """The names of columns in a field: one, or a list."""
        node = self.given[field][1] if field in self.given else None
        return node.value if isinstance(node, yaml.SequenceNode) else [node] if node is not None else []

    def _schema(self) -> yaml.Node:
        table = {"name": value(self.table, self.root), "dataGranularityDescription": self._grain()}
        columns = ShortColumns(self.source, self.layer, self._names("key"), self._names("partition"))
        found = self.given.get("columns", (self.root, self.root))
        properties = columns.expanded(found[1] if "columns" in self.given else None, self.root)
        self.wrong += columns.wrong
        table["properties"] = listed(properties, found[0])
        if "rules" in self.given:
            table["quality"] = rules(self.given["rules"][1], self.layer, ("schema", 0), self.source, self.wrong)
        return mapping(table, self.root)

    def _custom(self) -> Iterator[yaml.Node]:
        for name in _CUSTOM:
            if name in self.given:
                key, node = self.given[name]
                said = mapping({"policy": node}, node) if name == "merge" and text_of(node) is not None else node
                yield mapping({"property": value(name, key), "value": said}, key)
        if self.layer == "silver" and "merge" not in self.given:
            latest = mapping({"policy": value("latest", self.root)}, self.root)
            yield mapping({"property": value("merge", self.root), "value": latest}, self.root)

    def _tell(self, place: Location, what: str, at: yaml.Node, hint: str) -> None:
        self.wrong.append((place, self.source.error_at(what, at, hint)))
