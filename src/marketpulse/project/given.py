"""Settings that a project gives, over those of the projects it extends: each may be so, and some query reads it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.allowed import Allowed, Columns
from marketpulse.project.folders import ProjectFile
from marketpulse.project.packs import PROJECT_FILE
from marketpulse.project.reference import Reference
from marketpulse.project.table import Table
from marketpulse.project.yamlfile import YamlFile, read_yaml
from marketpulse.sql import Value, settings_of

#: What people call a kind of value.
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True)
class Given:
    """Settings of a project: the `values` of those that are of their kind, and what is wrong with them all."""

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, YamlFile] = field(default_factory=dict)
    rules: dict[str, tuple[Allowed, ...]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)


def read_settings(folders: Sequence[Path], columns: Columns) -> Given:
    """Settings of a project: its own over those it extends. What is wrong with them is in `problems`, each once.

    Only the value that counts is judged: that of a project below may not fit what the one above it allows or knows.
    """
    given = Given()
    below: dict[str, Value] = {}
    wrong: set[str] = set()
    for file, model in _files(folders):
        for name, rule in model.allowed.items():
            given.rules[name] = (*given.rules.get(name, ()), rule)
        for name, value in model.settings.items():
            kind = _wrong_kind(file, name, value, given)
            if kind:
                wrong.add(name)
                given.problems.add([kind])
            else:
                below[name] = given.values.get(name, value)
                given.values[name], given.places[name] = value, file
        given.problems.add(_wrong_rules(file, model, given, columns))
    for file, model in [*_files(folders)][-1:]:
        for name in [name for name in given.values if name not in wrong]:
            refused = _refusal(file, model, name, given, columns)
            if refused:  # what reads it is judged by the value below, so that nothing is told twice
                given.problems.add([refused])
                given.values[name] = below[name]
    return given


def columns_of(references: Mapping[str, Reference], broken: Collection[str]) -> Columns:
    """Values of the columns of reference data; of a `broken` one, or one without rows, nothing is known."""

    def values(column: str) -> Collection[str] | None:
        name, _, last = column.rpartition(".")
        found = references.get(name)
        if found is None or last not in found.columns:
            return None if name in broken else ()
        place = [*found.columns].index(last)
        return {row[place] or "" for row in found.rows} or None

    return values


def unread(folders: Sequence[Path], tables: Iterable[Table]) -> Iterator[DefinitionError]:
    """Settings that a project (the last folder) gives over others and no query reads: misspelt, they decide nothing."""
    *base, (file, model) = _files(folders)
    if not base:  # a name that is misspelt here is told where a query reads the right one
        return
    read = {name for table in tables for query in table.queries.values() for name in settings_of(query.query)}
    for name in model.settings:
        if name not in read:
            close = get_close_matches(name, read, n=1)
            hint = f"did you mean {close[0]}?" if close else f"a query reads it as setting('{name}')"
            yield file.error(f"no query reads the setting {name}", ("settings", name), hint)


def _files(folders: Sequence[Path]) -> Iterator[tuple[YamlFile, ProjectFile]]:
    for folder in folders:
        if (folder / PROJECT_FILE).is_file():
            file = read_yaml(folder / PROJECT_FILE)
            yield file, file.into(ProjectFile)


def _wrong_kind(file: YamlFile, name: str, value: Any, given: Given) -> DefinitionError | None:
    place, base = ("settings", name), given.values.get(name)
    if base is not None and not _is_like(value, base):
        said = next((rule.write for rule in given.rules.get(name, ()) if rule.write), f"for example {_example(base)}")
        return file.error(f"setting {name} is {_shown(value)}, not {_KINDS[type(base)]}", place, said)
    if not _is_plain(value):
        return file.error(f"setting {name} is {_shown(value)}, not a text, a number, true or false", place)
    return None


def _refusal(file: YamlFile, model: ProjectFile, name: str, given: Given, columns: Columns) -> DefinitionError | None:
    """What is wrong with the value that counts, told where the project (`file`) says it or can say it."""
    value = given.values[name]
    said = next((said for rule in given.rules.get(name, ()) if (said := rule.advice(value, columns)) is not None), None)
    if said is None:
        return None
    given_in = given.places[name]
    by = "" if name in model.settings else f" (by {given_in.where(('settings', name))})"
    part = "allowed" if by and name in model.allowed else "settings"
    return file.error(f"setting {name} is {_shown(value)}{by}, which cannot be", (part, name), said)


def _wrong_rules(file: YamlFile, model: ProjectFile, given: Given, columns: Columns) -> Iterator[DefinitionError]:
    """What is wrong with what a file allows: it is of no setting, or asks what cannot be asked."""
    for name, rule in model.allowed.items():
        place = ("allowed", name)
        if name not in given.values and name not in model.settings:
            yield file.error(f"there is no setting {name}", place, "give it a value under settings")
        if rule.column and columns(rule.column) == ():
            yield file.error(f"allowed.{name}: there is no column {rule.column}", place)
        for misfit in rule.misfits(given.values[name]) if name in given.values else ():
            yield file.error(f"allowed.{name}: {misfit}", place)


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))


def _is_like(value: Any, base: Value) -> bool:
    if isinstance(base, float):
        return _is_plain(value) and not isinstance(value, bool | str)
    return type(value) is type(base)


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "names with values"
    if value is None:
        return "empty"
    return repr(value)[:80] if isinstance(value, str | bool) else str(value)[:80]


def _example(base: Value) -> str:
    return f"'{base}', in quotes" if isinstance(base, str) else str(base).lower()
