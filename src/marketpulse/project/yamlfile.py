"""Read one YAML file of the project and know the line of every value in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from marketpulse.errors import DefinitionError, Place
from marketpulse.project.fields import known_fields, mended, sentence
from marketpulse.project.textfile import place_of, read_text
from marketpulse.project.yamlnodes import construct, parse
from marketpulse.sql.places import Where

Model = TypeVar("Model", bound=BaseModel)
#: Location of a value -> what people call it (`column qty`), None for nothing in particular.
About = Callable[[Sequence[str | int]], str | None]
Location = tuple[str | int, ...]


@dataclass(frozen=True)
class YamlFile:
    """A parsed YAML file: its `data`, its `text`, and where each value stands."""

    path: Path
    text: str
    data: Any
    _root: yaml.Node | None
    _base: tuple[str | int, ...] = ()

    @property
    def root(self) -> yaml.Node | None:
        """What the data was made of, for who makes other data of it."""
        return self._root

    def with_root(self, root: yaml.Node) -> YamlFile:
        """The same file as if it said something else: its nodes stand in this file, where what they mean does."""
        return replace(self, data=construct(root), _root=root)

    def error_at(
        self, message: str, node: yaml.Node, hint: str | None = None, about: str | None = None
    ) -> DefinitionError:
        """Return (do not raise) the error that points at a node."""
        mark = node.start_mark
        place = Place(str(self.path), mark.line + 1, mark.column + 1)
        return DefinitionError(message, where=place, hint=hint, about=about)

    def without(self, keys: Sequence[str]) -> YamlFile:
        """The same file but for some keys of its top level."""
        if not isinstance(self.data, dict):
            return self
        return replace(self, data={key: value for key, value in self.data.items() if key not in keys})

    def at(self, location: tuple[str | int, ...]) -> YamlFile:
        """The part at `location`, an empty mapping where there is none; its errors name lines of the whole file."""
        data = self.data
        for step in location:
            data = data.get(step) if isinstance(data, dict) else None
        return replace(self, data={} if data is None else data, _base=self._base + location)

    def place(self, location: Sequence[str | int]) -> Place:
        """File, line and column of the value at `location`, or of the nearest parent that exists."""
        node, mark = self._root, None
        for step in (*self._base, *location):
            child = _child(node, step)
            if child is None:
                break
            node, mark = child, child.start_mark
        return Place(str(self.path), mark.line + 1 if mark else 1, mark.column + 1 if mark else None)

    def line(self, location: Sequence[str | int]) -> int:
        """Line (from 1) of the value at `location`, or of the nearest parent that exists."""
        return self.place(location).line or 1

    def where(self, location: Sequence[str | int] = ()) -> str:
        """`path:line` of the value at `location`, for a message."""
        return self.place(location).of_line

    def error(
        self, message: str, location: Sequence[str | int] = (), hint: str | None = None, about: str | None = None
    ) -> DefinitionError:
        """Return (do not raise) the error that points at `location`."""
        return DefinitionError(message, where=self.place(location), hint=hint, about=about)

    def text_at(self, location: Sequence[str | int]) -> Where:
        """Where the characters of a text stand whose value is at `location`."""
        node = self._root
        for step in (*self._base, *location):
            node = _value(node, step)
        first = self.place(location)

        def where(line: int | None, column: int | None) -> Place:
            found = _inside(self.text, node, line, column) if isinstance(node, yaml.ScalarNode) else None
            return Place(first.path, *found) if found else first

        return where

    def written(self, location: Sequence[str | int]) -> str:
        """The characters of the value at `location` as they stand; nothing where it is no single value."""
        node = self._root
        for step in (*self._base, *location):
            node = _value(node, step)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def into(self, model: type[Model], about: About | None = None) -> Model:
        """Validate the data as `model`; raise DefinitionError that names file, line and field of all that is wrong.

        `about` tells of a location what people call it.
        """
        found, wrong = self.read(model, about)
        if found is None or wrong:
            raise DefinitionError.together([error for _, error in wrong])
        return found

    def read(
        self, model: type[Model], about: About | None = None, stand_ins: Mapping[str, Any] | None = None
    ) -> tuple[Model | None, list[tuple[Location, DefinitionError]]]:
        """The data as `model`, and all that is wrong with it, with its place in the data.

        What is wrong is left out of the model, `stand_ins` (by the name of the field) for what it may not be without;
        None when nothing can be made of the rest.
        """
        if not isinstance(self.data, dict):
            what = "is empty" if self.data is None else f"is a {type(self.data).__name__}, not names with values"
            field = ".".join(map(str, self._base)) or "the file"
            hint = "known here: " + ", ".join(known_fields(model, ()))
            return None, [((), self.error(f"{field} {what}", (), hint))]
        try:
            return model.model_validate(self.data), []
        except ValidationError as error:
            wrong = [(tuple(each["loc"]), self._told(model, each, about)) for each in error.errors(include_url=False)]
        try:
            rest = mended(self.data, [place for place, _ in wrong], stand_ins or {})
            return model.model_validate(rest), wrong
        except ValidationError:
            return None, wrong

    def _told(self, model: type[BaseModel], error: Any, about: About | None) -> DefinitionError:
        message, hint = sentence(model, error, self._base)
        return self.error(message, error["loc"], hint, about(error["loc"]) if about else None)


def read_yaml(path: Path) -> YamlFile:
    """Read `path`; raise DefinitionError when it is missing or is not YAML."""
    text = read_text(path)
    root, data = parse(text, path)
    return YamlFile(path, text, data, root)


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value if not isinstance(value, yaml.ScalarNode) else key  # type: ignore[no-any-return]
    return None


def _value(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    """The value of a step, also where it is a scalar."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return _child(node, step)


def _inside(text: str, node: yaml.ScalarNode, line: int | None, column: int | None) -> tuple[int, int] | None:
    """Place of a character of a scalar: spaces and ends of lines differ from its value, other characters do not."""
    start, end = (_index(text, mark) for mark in (node.start_mark, node.end_mark))
    if line is None or (node.style in ("'", '"') and len(_letters(text[start:end])) != len(_letters(node.value)) + 2):
        return None
    if node.style in ("|", ">"):
        start = text.find("\n", start, end) + 1 or end
    before = "".join(node.value.splitlines(keepends=True)[: line - 1])
    before += node.value[len(before) :][: (column or 1) - 1]
    missing = len(_letters(before)) + (node.style in ("'", '"'))
    for index in range(start, end):
        if not text[index].isspace():
            if missing == 0:
                return place_of(text, index)
            missing -= 1
    return None


def _index(text: str, mark: yaml.Mark) -> int:
    """Place of a mark in the text; a parser may count otherwise than Python does."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: mark.line]) + int(mark.column)


def _letters(text: str) -> str:
    return "".join(text.split())
