"""Settings that a project gives: its values over those of the projects it extends, each read by some query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from marketpulse.errors import DefinitionError, Problems
from marketpulse.project.folders import ProjectFile
from marketpulse.project.packs import PROJECT_FILE
from marketpulse.project.table import Table
from marketpulse.project.yamlfile import YamlFile, read_yaml
from marketpulse.sql import Value, settings_of

#: What people call a kind of value.
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def project_settings(folders: Sequence[Path]) -> dict[str, Value]:
    """Settings of a project: its own over those it extends. Raise DefinitionError for one of another kind."""
    found: dict[str, Value] = {}
    problems = Problems()
    for file, settings in _files(folders):
        for name, value in settings.items():
            if name in found and not _is_like(value, found[name]):
                what = f"setting {name} is {value!r}, not {_KINDS[type(found[name])]}"
                problems.add([file.error(what, ("settings", name), f"for example {_example(found[name])}")])
        found |= settings
    problems.stop()
    return found


def unread(folders: Sequence[Path], tables: Iterable[Table]) -> Iterator[DefinitionError]:
    """Settings that a project (the last folder) gives over others and no query reads: misspelt, they decide nothing."""
    *base, (file, given) = _files(folders)
    if not base:  # a name that is misspelt here is told where a query reads the right one
        return
    read = {name for table in tables for query in table.queries.values() for name in settings_of(query.query)}
    for name in given:
        if name not in read:
            close = get_close_matches(name, read, n=1)
            hint = f"did you mean {close[0]}?" if close else f"a query reads it as setting('{name}')"
            yield file.error(f"no query reads the setting {name}", ("settings", name), hint)


def _files(folders: Sequence[Path]) -> Iterator[tuple[YamlFile, dict[str, Value]]]:
    for folder in folders:
        if (folder / PROJECT_FILE).is_file():
            file = read_yaml(folder / PROJECT_FILE)
            yield file, dict(file.into(ProjectFile).settings)


def _is_like(value: Value, base: Value) -> bool:
    if isinstance(base, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(base)


def _example(base: Value) -> str:
    return f"'{base}', in quotes" if isinstance(base, str) else str(base).lower()
