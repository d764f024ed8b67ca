"""Read one YAML file of the project and know the line of every value in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from marketpulse.errors import DefinitionError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class YamlFile:
    """A parsed YAML file: its `data`, its `text`, and where each value stands."""

    path: Path
    text: str
    data: Any
    _root: yaml.Node | None
    _base: tuple[str | int, ...] = ()

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

    def line(self, location: Sequence[str | int]) -> int:
        """Line (from 1) of the value at `location`, or of the nearest parent that exists."""
        node, line = self._root, 1
        for step in (*self._base, *location):
            child = _child(node, step)
            if child is None:
                break
            node, line = child, child.start_mark.line + 1
        return line

    def where(self, location: Sequence[str | int] = ()) -> str:
        """`path:line` of the value at `location`, for a message."""
        return f"{self.path}:{self.line(location)}"

    def error(self, message: str, location: Sequence[str | int] = (), hint: str | None = None) -> DefinitionError:
        """Return (do not raise) the error that points at `location`."""
        return DefinitionError(message, where=self.where(location), hint=hint)

    def into(self, model: type[Model]) -> Model:
        """Validate the data as `model`; raise DefinitionError that names file, line and field."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(step) for step in (*self._base, *first["loc"])) or "the file"
            hint = None
            if first["type"] == "extra_forbidden":
                hint = "known here: " + ", ".join(_known_fields(model, first["loc"][:-1]))
            raise self.error(f"{field}: {first['msg']}", first["loc"], hint) from None


def read_yaml(path: Path) -> YamlFile:
    """Read `path`; raise DefinitionError when it is missing or is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DefinitionError("the file does not exist", where=path) from None
    except UnicodeDecodeError as error:
        raise DefinitionError(f"not UTF-8 text (byte {error.start})", where=path) from None
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise DefinitionError(
            f"not valid YAML: {error.problem}", where=f"{path}:{mark.line + 1}" if mark else path
        ) from None
    finally:
        loader.dispose()
    return YamlFile(path, text, data, root)


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value if not isinstance(value, yaml.ScalarNode) else key  # type: ignore[no-any-return]
    return None


def _known_fields(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Names (aliases) of the fields of the nested model at `location`."""
    current: Any = model
    for step in location:
        if isinstance(step, int):
            continue
        fields = {f.alias or n: f for n, f in current.model_fields.items()}
        if step not in fields:
            return []
        current = _innermost(fields[step].annotation)
        if current is None:
            return []
    return sorted(f.alias or n for n, f in current.model_fields.items())


def _innermost(annotation: Any) -> Any:
    """The pydantic model inside `list[X] | None` and the like, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _innermost(argument)
        if found is not None:
            return found
    return None
