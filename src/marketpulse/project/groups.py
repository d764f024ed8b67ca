"""What a source says of lines that belong together, as its file says it (docs/sources.md)."""

from __future__ import annotations

from collections.abc import Iterator

from marketpulse.errors import DefinitionError
from marketpulse.project.yamlfile import YamlFile
from marketpulse.sql import Groups
from marketpulse.strict import Strict


class GroupsModel(Strict):
    """See `Groups`."""

    by: list[str] = []
    fill_down: list[str] = []
    first: list[str] = []
    last: list[str] = []

    @property
    def groups(self) -> Groups:
        """The same, to be computed with."""
        return Groups(tuple(self.by), tuple(self.fill_down), tuple(self.first), tuple(self.last))

    def named(self) -> Iterator[tuple[tuple[str, str], list[str]]]:
        """The place of each list in the file, and what it names."""
        for field in type(self).model_fields:
            yield ("groups", field), getattr(self, field)


def wrong_groups(file: YamlFile, said: GroupsModel, erase: list[str]) -> Iterator[DefinitionError]:
    """What no field says alone."""
    if not said.groups.read:
        yield file.error("groups names no column", ("groups",), "groups: {by: [order], fill_down: [ordered_at]}")
    for place, names in said.named():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield file.error(f"{name} is named twice", (*place, index), "take one out", f"column {name}")
    for place, names in said.named():
        for index, name in enumerate(names):
            if (
                name in erase
            ):  # else the emptied value would be filled with that of another line, and so of another person
                what = (
                    f"{name} is of groups, and is emptied of a person who is erased: other lines would give it theirs"
                )
                hint = f"take {name} out of erase: without erase the whole record goes; or out of groups"
                yield file.error(what, (*place, index), hint, f"column {name}")
