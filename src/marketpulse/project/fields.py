"""What is wrong with the fields of a YAML file, in sentences; and the data without it, so that the rest can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, get_origin

from pydantic import BaseModel

Location = Sequence[str | int]
#: Lists whose name says nothing of what is wrong in them: the error is `about` a column or a rule.
_PLAIN = {"schema", "properties", "quality", "customProperties"}
_QUOTED = re.compile(r"'([^']*)'")


def sentence(model: type[BaseModel], error: Mapping[str, Any], base: Location = ()) -> tuple[str, str | None]:
    """What is wrong and what to do, of one error that pydantic found; `base` is where the data stands in its file."""
    name = called((*base, *error["loc"]))
    kind = error["type"]
    if kind == "extra_forbidden":
        known = known_fields(model, error["loc"][:-1])
        return f"there is no field {name}", _meant(str(error["loc"][-1]), known, "known here: ")
    if kind == "missing":
        return f"{name} is missing", None
    said = f"{name} is {_shown(error['input'])}"
    if kind == "literal_error":
        return said, _meant(str(error["input"]), _QUOTED.findall(error["ctx"]["expected"]), "one of ")
    what, hint = _SAID.get(kind, _other)(error)
    return f"{said}, {what}", hint


def _other(error: Mapping[str, Any]) -> tuple[str, str | None]:
    return str(error["msg"])[:1].lower() + str(error["msg"])[1:], None


def _not(what: str, hint: str | None = None) -> Callable[[Mapping[str, Any]], tuple[str, str | None]]:
    return lambda _: (f"not {what}", hint)


def _bound(words: str, key: str) -> Callable[[Mapping[str, Any]], tuple[str, str | None]]:
    return lambda error: ("which cannot be", words.format(error["ctx"][key]))


#: What a pattern asks for, in words.
_LOOKS = {
    r"^v3\.": "the standard's version, for example v3.0.2",
    r"^[a-z][a-z0-9_]*$": "lower-case letters, digits and _",
    r"^(bronze|silver|gold)\.[a-z][a-z0-9_]*$": "layer.table, as the folders are called",
}
_NUMBER, _WHOLE = _not("a number"), _not("a whole number")
_NAMES = _not("names with values", "write name: value, a line each")
_SAID: dict[str, Callable[[Mapping[str, Any]], tuple[str, str | None]]] = {
    "string_type": _not("a text", "write it in quotes"),
    "bool_type": _not("true or false"),
    "bool_parsing": _not("true or false"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "list_type": _not("a list", "write [one, two], or a line with - for each"),
    "dict_type": _NAMES,
    "model_type": _NAMES,
    "string_too_short": _bound("at least {} characters", "min_length"),
    "string_too_long": _bound("at most {} characters", "max_length"),
    "too_short": _bound("at least {}", "min_length"),
    "too_long": _bound("at most {}", "max_length"),
    "greater_than_equal": _bound("{} or more", "ge"),
    "less_than_equal": _bound("{} or less", "le"),
    "string_pattern_mismatch": lambda error: ("which cannot be", _LOOKS.get(error["ctx"]["pattern"])),
}


def called(location: Location) -> str:
    """What people call the field at a location.

    >>> called(["schema", 0, "properties", 3, "colour"]), called(["csv", "delimiter"]), called(["team", 0, "role"])
    ('colour', 'csv.delimiter', 'team.role')
    """
    last = max((place for place, step in enumerate(location) if step in _PLAIN), default=-1)
    names = [str(step) for step in location[last + 1 :] if not isinstance(step, int)]
    return ".".join(names) or (str(location[last]) if last >= 0 else "the file")


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "empty"}[value]
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "names with values"
    return repr(value)[:60] if isinstance(value, str) else str(value)[:60]


def _meant(name: str, known: Sequence[str], words: str) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else words + ", ".join(known)


def mended(data: Any, wrong: Sequence[Location], stand_ins: Mapping[str, Any]) -> Any:
    """A copy of `data` in which what is wrong is gone, or is a stand-in, by its name, for what nothing may be without.

    The stand-in for a field of the whole file may have a name of its own, with a dot before it.

    >>> mended({"a": {"b": 1, "kind": "?"}, "c": 2}, [["a", "b"], ["a", "kind"]], {"kind": "x"})
    {'a': {'kind': 'x'}, 'c': 2}
    """
    copy = deepcopy(data)
    for location in wrong:
        inner = copy
        for step in location[:-1]:
            inner = inner[step] if _has(inner, step) else None
        last = location[-1] if location else None
        if not isinstance(inner, dict):
            continue
        key = f".{last}" if len(location) == 1 and f".{last}" in stand_ins else str(last)
        if key in stand_ins:
            inner[last] = deepcopy(stand_ins[key])
        else:
            inner.pop(last, None)
    return copy


def _has(data: Any, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))


def known_fields(model: type[BaseModel], location: Location) -> list[str]:
    """Names (aliases) of the fields of the nested model at `location`."""
    current: Any = model
    is_named = False  # the next step is a name that the file gives
    for step in location:
        if isinstance(step, int) or is_named:
            is_named = False
            continue
        fields = {f.alias or n: f for n, f in current.model_fields.items()}
        if step not in fields:
            return []
        annotation = fields[step].annotation
        current, is_named = _innermost(annotation), get_origin(annotation) is dict
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
