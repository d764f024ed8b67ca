"""A table with history: its columns and its key must be those of versions."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.errors import DefinitionError
from marketpulse.project.contract import Contract, History
from marketpulse.project.yamlfile import YamlFile

Location = tuple[str | int, ...]
_TIMES = ("date", "timestamp")


def wrong_history(source: YamlFile, contract: Contract, history: History, place: Location) -> Iterator[DefinitionError]:
    """What keeps `history` (its value stands at `place`) from being that of the table."""
    named = [*history.entity, history.valid_from, *history.filled]
    for name in dict.fromkeys(named):
        if name not in contract.types:
            yield unknown_column(source, contract, name, place)
        elif named.count(name) > 1:
            yield source.error(f"history names {name} twice", place, "each has a column of its own", f"column {name}")
    if set(named) <= set(contract.types):
        yield from _wrong_types(source, contract, history, place)
    if set(contract.key) != {*history.entity, history.valid_from}:
        what = f"the primary key is {', '.join(contract.key)}"
        yield source.error(what, place, f"that of a history is {', '.join([*history.entity, history.valid_from])}")
    for column in contract.columns:
        if column.name == history.valid_to and column.required:
            what = f"column {column.name} is required, and null for what is current"
            yield source.error(what, place, "take required out", f"column {column.name}")


def _wrong_types(source: YamlFile, contract: Contract, history: History, place: Location) -> Iterator[DefinitionError]:
    begins, ends = contract.types[history.valid_from], contract.types[history.valid_to]
    if begins not in _TIMES or ends != begins:
        what = f"validFrom is a {begins}, validTo a {ends}"
        yield source.error(what, place, "both are date, or both timestamp", f"column {history.valid_from}")
    if contract.types[history.is_current] != "boolean":
        what = f"isCurrent is a {contract.types[history.is_current]}"
        yield source.error(what, place, "it is a boolean", f"column {history.is_current}")
    if contract.partition in history.filled:
        what = f"the bucket {contract.partition} is filled by the platform, once rows are in their buckets"
        yield source.error(what, place, "another column can be the bucket", f"column {contract.partition}")


def unknown_column(source: YamlFile, contract: Contract, name: str, place: Location) -> DefinitionError:
    """Build the error of a name that is no column."""
    hint = "one of " + ", ".join(sorted(contract.types))
    return source.error(f"unknown column {name!r}", place, hint, f"column {name}")
