"""`contract.yaml` -> Contract, or everything that keeps it from being one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.columns import key_of, kind_of, partition_of, read_columns
from marketpulse.project.contract import Column, Contract, Rule
from marketpulse.project.extensions import Extensions, check_extensions, read_extensions
from marketpulse.project.numbers import read_numbers
from marketpulse.project.odcs import CustomValues, Document
from marketpulse.project.quality import read_rules
from marketpulse.project.yamlfile import YamlFile, read_yaml


def load_contract(path: Path) -> Contract:
    """Read a contract; raise DefinitionError (file, line, field) for all that is wrong with it."""
    source = read_yaml(path)
    document = source.into(Document, lambda location: _called(source.data, location))
    layer = document.id.split(".")[0]
    problems = Problems(_wrong_names(source, document))
    columns: tuple[Column, ...] = ()
    rules: tuple[Rule, ...] = ()
    extensions = Extensions(CustomValues(), {})
    with problems.told():
        columns = read_numbers(source, document.schema_[0], read_columns(source, document.schema_[0]))
    with problems.told():
        extensions = read_extensions(source, document, layer)
    with problems.told():
        rules = read_rules(source, document.schema_[0], layer, _types(document, extensions))
    problems.stop()
    contract = _contract(source, document, columns, rules, extensions)
    problems.add(_wrong_whole(source, contract))
    problems.add(check_extensions(source, contract, extensions))
    problems.stop()
    return contract


def _called(data: Any, location: Sequence[str | int]) -> str | None:
    """The innermost rule or column of a contract's raw data that a location is in."""
    found = None
    for step, after in zip(location, (*location[1:], None), strict=True):
        data = data.get(step) if isinstance(data, dict) else data[step] if _has(data, step) else None
        kind = {"properties": "column", "quality": "rule"}.get(str(step))
        inner = data[after] if kind and _has(data, after) else None
        if isinstance(inner, dict) and "name" in inner:
            found = f"{kind} {inner['name']}"
    return found


def _has(data: Any, step: object) -> bool:
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _contract(
    source: YamlFile, document: Document, columns: tuple[Column, ...], rules: tuple[Rule, ...], extensions: Extensions
) -> Contract:
    table, values = document.schema_[0], extensions.values
    share = values.rejectedShareLimit
    return Contract(
        name=document.id,
        path=source.path,
        text=source.text,
        grain=table.dataGranularityDescription,
        purpose=document.description.purpose,
        owner=document.team[0].username,
        columns=columns,
        key=key_of(table),
        partition=partition_of(table),
        rules=rules,
        merge=extensions.merge,
        history=extensions.history,
        inputs=extensions.inputs(source),
        managed=values.managed,
        run_columns=tuple(values.runColumns),
        notes={name: text for name, text in document.description.model_dump().items() if text},
        **({} if share is None else {"rejected_share_limit": share}),
    )


def _types(document: Document, extensions: Extensions) -> dict[str, str]:
    """Contract types of the columns that a rule of a row may read: what the platform fills comes after the rules."""
    filled = extensions.history.filled if extensions.history else ()
    columns = document.schema_[0].properties
    return {item.name: kind_of(item) for item in columns if item.name not in filled}


def _wrong_names(source: YamlFile, document: Document) -> Iterator[DefinitionError]:
    folder = source.path.parent
    expected = f"{folder.parent.name}.{folder.name}"
    if document.id != expected:
        yield source.error(f"id is {document.id!r}", ("id",), f"the folder says {expected!r}")
    elif document.schema_[0].name != folder.name:
        what = f"the schema is called {document.schema_[0].name!r}"
        yield source.error(what, ("schema", 0, "name"), f"the folder says {folder.name!r}")


def _wrong_whole(source: YamlFile, contract: Contract) -> Iterator[DefinitionError]:
    """What no column can say alone."""
    if not contract.key and not contract.managed:
        yield source.error("no primary key", ("schema", 0), "mark its columns with primaryKey: true")
