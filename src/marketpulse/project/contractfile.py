"""`contract.yaml` -> Contract, or everything that keeps it from being one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.allowed import Columns
from marketpulse.project.columns import key_of, kind_of, partition_of, read_columns
from marketpulse.project.contract import Column, Contract, Rule, unknown
from marketpulse.project.extensions import Extensions, check_extensions, read_extensions
from marketpulse.project.numbers import read_values
from marketpulse.project.odcs import Document
from marketpulse.project.quality import read_rules
from marketpulse.project.short import read_definition
from marketpulse.project.yamlfile import Location, YamlFile

#: What stands for a wrong field that a contract may not be without, so that the rest is looked at.
_STAND_INS = {
    "apiVersion": "v3.0.2", "kind": "DataContract", "name": "-", "version": "-", "status": "draft",
    ".description": {"purpose": "-"}, "description": "-", "purpose": "-", "team": [{"username": "-"}], "username": "-",
    "dataGranularityDescription": "-", "severity": "warn", "type": "custom", "logicalType": "string",
    "physicalType": "", "property": "-", "value": None,
}  # fmt: skip
#: Fields without which nobody can tell the columns, or how they make up rows.
_COLUMNS = ("schema", "properties", "physicalType", "partitioned", "primaryKey")


def no_lists(_: str) -> Sequence[str]:
    """The reference data of what has none."""
    return ()


def load_contract(path: Path) -> Contract:
    """Read a contract; raise DefinitionError (file, line, field) for all that is wrong with it."""
    contract, problems = read_contract(path)
    problems.stop()
    return contract


def read_contract(path: Path, lists: Columns = no_lists) -> tuple[Contract, Problems]:
    """A contract as far as it can be read, without columns where they are not known, and all that is wrong with it.

    `lists` knows the reference data that rules may have the values of. Raise DefinitionError for what is no YAML.
    """
    source, shortly = read_definition(path)
    name = f"{path.parent.parent.name}.{path.parent.name}"
    called = partial(_called, source.data)
    document, wrong = source.read(Document, called, {**_STAND_INS, "id": name})
    told = {place for place, _ in shortly}  # in the words of the short form
    wrong = [*shortly, *((place, error) for place, error in wrong if place not in told)]
    problems = Problems(error for _, error in wrong)
    if document is None:
        return unknown(name, path), problems
    aside = [place for place, _ in wrong]
    problems.add(_wrong_names(source, document, aside))
    columns = read_columns(source, document.schema_[0], problems, aside)
    with problems.told():
        columns = read_values(source, document.schema_[0], columns) if columns else ()
    known = columns and not any("quality" not in place and place[-1] in _COLUMNS for place in aside)
    extensions = read_extensions(source, document, problems)
    types = _types(document, extensions) if known and extensions else {}
    rules = read_rules(source, document, types, lists, problems, aside)
    if not known or extensions is None:
        return unknown(name, path), problems
    contract = _contract(source, document, columns, rules, extensions)
    problems.add(_wrong_whole(source, contract))
    problems.add(check_extensions(source, contract, extensions))
    return replace(contract, name=name), problems


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
    limits = {"rejected_share_limit": values.rejectedShareLimit, "removed_share_limit": values.removedShareLimit}
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
        keep=extensions.keep,
        apart=values.apart,
        notes={name: text for name, text in document.description.model_dump().items() if text},
        deleted=extensions.deleted(source),
        **{name: share for name, share in limits.items() if share is not None},
    )


def _types(document: Document, extensions: Extensions) -> dict[str, str]:
    """Contract types of the columns that a rule of a row may read: what the platform fills comes after the rules."""
    filled = extensions.history.filled if extensions.history else ()
    columns = document.schema_[0].properties
    return {item.name: kind_of(item) for item in columns if item.name not in filled}


def _wrong_names(source: YamlFile, document: Document, aside: Sequence[Location]) -> Iterator[DefinitionError]:
    folder = source.path.parent
    expected = f"{folder.parent.name}.{folder.name}"
    if document.id != expected:
        yield source.error(f"id is {document.id!r}", ("id",), f"the folder says {expected!r}")
    elif document.schema_[0].name != folder.name and ("schema", 0, "name") not in aside:
        what = f"the schema is called {document.schema_[0].name!r}"
        yield source.error(what, ("schema", 0, "name"), f"the folder says {folder.name!r}")


def _wrong_whole(source: YamlFile, contract: Contract) -> Iterator[DefinitionError]:
    """What no column can say alone."""
    if not contract.key and not contract.managed:
        yield source.error("no primary key", ("schema", 0), "mark its columns with primaryKey: true")
