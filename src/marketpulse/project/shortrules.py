"""Rules of a short contract -> quality of the long one: a name, and the condition that every good row meets."""

from __future__ import annotations

import yaml

from marketpulse.errors import DefinitionError
from marketpulse.project.odcs import QualityModel
from marketpulse.project.yamlfile import Location, YamlFile
from marketpulse.project.yamlmade import fields, listed, mapping, text_of, value

#: What a rule does that does not say it: nothing wrong goes through.
_SEVERITY = {"silver": "quarantine", "gold": "fail"}
_AS_IT_IS = tuple(n for n in QualityModel.model_fields if n not in ("name", "type", "engine", "implementation"))
_EXAMPLE = "for example price_is_positive: price > 0"


def rules(
    node: yaml.Node, layer: str, here: Location, source: YamlFile, wrong: list[tuple[Location, DefinitionError]]
) -> yaml.Node:
    """The rules of a table or a column; what is wrong with their form goes to `wrong`."""
    named = fields(node)
    if not named:
        hint = f"a name and a condition a line, {_EXAMPLE}"
        wrong.append(((*here, "quality"), source.error_at("rules is not names with conditions", node, hint)))
    made = []
    for place, (key, said) in enumerate(named.values()):
        inner = (*here, "quality", place)
        made.append(_rule(key, said, layer, source, inner, wrong))
    return listed(made, node)


def _rule(
    key: yaml.Node,
    node: yaml.Node,
    layer: str,
    source: YamlFile,
    here: Location,
    wrong: list[tuple[Location, DefinitionError]],
) -> yaml.Node:
    said = fields(node)
    condition = said["condition"][1] if "condition" in said else node if text_of(node) is not None else None
    if condition is None and "query" not in said:
        hint = f"a condition that good rows meet, {_EXAMPLE}; or condition: or query:"
        wrong.append(
            ((*here, "type"), source.error_at(f"rule {key.value} says no condition", key, hint, f"rule {key.value}"))
        )
    for name, (at, _) in said.items():
        if name not in (*_AS_IT_IS, "condition"):
            what, hint = f"rule {key.value}: there is no field {name}", "known here: condition, " + ", ".join(_AS_IT_IS)
            wrong.append(((*here, name), source.error_at(what, at, hint, f"rule {key.value}")))
    is_query = "query" in said
    made: dict[str, yaml.Node] = {
        "name": key,
        "type": value("sql" if is_query else "custom", key),
        "severity": value("fail" if is_query else _SEVERITY.get(layer, "fail"), key),
        "description": value(_words(key, condition), key),
        **{name: said[name][1] for name in _AS_IT_IS if name in said},
    }
    if condition is not None:
        made["implementation"] = condition
    if not is_query:
        made["engine"] = value("marketpulse", key)
    return mapping(made, key)


def _words(key: yaml.Node, condition: yaml.Node | None) -> str:
    """What is wrong with a row that breaks a rule which says nothing of itself."""
    said = text_of(condition) if condition is not None else None
    return f"not so: {' '.join(said.split())}" if said else f"{str(key.value).replace('_', ' ')}: not so"
