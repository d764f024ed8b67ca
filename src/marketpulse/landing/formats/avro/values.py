"""An Avro schema -> a schema of plain parts with the same bytes, and what makes values of those parts.

The plain schema has bytes for texts, numbers for enums and moments, lists for maps and a record around each branch of
a union. So the library never stumbles over one value and loses the rest of a block, and no branch is taken for another.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

from marketpulse.errors import GateError
from marketpulse.landing.formats.avro import moments
from marketpulse.landing.records import is_text

#: Parts of a schema, each named type counted as often as it is used.
_MOST_PARTS = 20_000
_NAMED = {"record", "error", "enum", "fixed"}
_Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Part:
    """A part of the plain schema, what makes a value (JSON can say it) of it, and how few bytes it may have."""

    schema: Any
    value: _Convert
    least: int


@dataclass
class Reading:
    """A schema while it is taken apart."""

    known: dict[str, Any] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)
    parts: int = 0
    named: int = 0

    def part(self, schema: Any, space: str = "") -> Part:
        """One part. Raise GateError for what cannot be read."""
        self.parts += 1
        if self.parts > _MOST_PARTS:
            raise GateError(f"its schema has more than {_MOST_PARTS:,} parts")
        if isinstance(schema, list):
            return self._union(schema, space)
        if isinstance(schema, str):
            return self._by_name(schema, space)
        if isinstance(schema["type"], dict | list):
            return self.part(schema["type"], space)
        return self._complex(schema["type"], schema, space)

    def _complex(self, kind: str, schema: Mapping[str, Any], space: str) -> Part:
        if kind in _NAMED:
            return self._defined(schema, space)
        if kind == "array":
            items = self._items(schema["items"], space)
            return Part({"type": "array", "items": items.schema}, lambda found: [items.value(v) for v in found], 1)
        if kind == "map":
            return self._map(self._items(schema["values"], space, least=1))
        return _logical(kind, schema) if kind in _PLAIN else self._by_name(kind, space)

    def _name(self) -> str:
        """A name of its own for a part of the plain schema."""
        self.named += 1
        return f"n{self.named}"

    def _by_name(self, name: str, space: str) -> Part:
        if name in _PLAIN:
            return _logical(name, {})
        whole = name if "." in name or not space else f"{space}.{name}"
        whole = whole if whole in self.known else name
        if whole not in self.known:
            raise GateError(f"its schema has no type {name!r}")
        if whole in self.inside:
            raise GateError(f"in its schema a {name} holds itself: such records are not read")
        return self._made(whole)

    def _defined(self, schema: Mapping[str, Any], space: str) -> Part:
        name, space = str(schema["name"]), str(schema.get("namespace", space))
        whole = name if "." in name or not space else f"{space}.{name}"
        self.known[whole] = schema
        return self._made(whole)

    def _made(self, whole: str) -> Part:
        schema = self.known[whole]
        if schema["type"] == "enum":
            symbols = [str(symbol) for symbol in schema["symbols"]]
            return Part("int", lambda found: _symbol(symbols, found), 1)
        if schema["type"] == "fixed":
            return _fixed(schema, self._name())
        self.inside.append(whole)
        fields = {str(each["name"]): self.part(each["type"], whole.rpartition(".")[0]) for each in schema["fields"]}
        self.inside.pop()
        return record(fields, self._name())

    def _items(self, schema: Any, space: str, least: int = 0) -> Part:
        items = self.part(schema, space)
        if items.least + least == 0:
            raise GateError("its schema has a list of what takes no bytes")
        return items

    def _map(self, values: Part) -> Part:
        both = record({"key": Part("bytes", _text, 1), "value": values}, self._name())
        return Part(
            {"type": "array", "items": both.schema},
            lambda found: {each["key"]: each["value"] for each in map(both.value, found)},
            1,
        )

    def _union(self, schemas: list[Any], space: str) -> Part:
        parts = [self.part(each, space) for each in schemas]
        wrapped: list[Any] = []
        values: dict[str, _Convert] = {}
        for place, part in enumerate(parts):
            name = f"b{place}"
            values[name] = part.value
            inner = {"type": "record", "name": self._name(), "fields": [{"name": name, "type": part.schema}]}
            wrapped.append("null" if part.schema == "null" else inner)

        def value(found: Any) -> Any:
            if found is None:
                return None
            ((name, inner),) = found.items()
            return values[name](inner)

        return Part(wrapped, value, 1)


def record(fields: Mapping[str, Part], own: str) -> Part:
    """Parts one after the other."""
    plain = [{"name": f"f{place}", "type": part.schema} for place, part in enumerate(fields.values())]
    named = [(f"f{place}", name, part.value) for place, (name, part) in enumerate(fields.items())]
    return Part(
        {"type": "record", "name": own, "fields": plain},
        lambda found: {name: make(found[key]) for key, name, make in named},
        sum(part.least for part in fields.values()),
    )


def text(value: Any) -> str | None:
    """A value as the text that bronze holds.

    >>> text(12), text(0.1), text(12.0), text(True), text(["a", 1]), text(None)
    ('12', '0.1', '12.0', 'true', '["a", 1]', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _logical(kind: str, schema: Mapping[str, Any]) -> Part:
    """A type without parts, in the sense that the schema gives it; a sense it cannot have is none."""
    said = str(schema.get("logicalType", ""))
    plain, least = _PLAIN[kind]
    if kind == "bytes" and said == "decimal":
        return Part("bytes", _decimal(schema), 1)
    make = _SENSES.get((kind, said)) or _MAKES.get(kind)
    return Part(plain, make or (lambda found: found), least)


def _fixed(schema: Mapping[str, Any], own: str) -> Part:
    size, said = int(schema["size"]), str(schema.get("logicalType", ""))
    make: _Convert = _bytes
    if said == "decimal":
        make = _decimal(schema)
    elif (said, size) in _FIXED:
        make = _FIXED[said, size]
    return Part({"type": "fixed", "name": own, "size": size}, make, size)


def _decimal(schema: Mapping[str, Any]) -> _Convert:
    scale = int(schema.get("scale", 0))

    def value(found: bytes) -> str:
        number = int.from_bytes(found, "big", signed=True)
        digits = tuple(map(int, str(abs(number))))
        return f"{Decimal((int(number < 0), digits, -scale)):f}"

    return value


def _duration(found: bytes) -> str:
    months, days, millis = (int.from_bytes(found[at : at + 4], "little") for at in (0, 4, 8))
    return f"P{months}M{days}DT{millis // 1000}.{millis % 1000:03d}S"


def _symbol(symbols: list[str], found: int) -> str:
    if not 0 <= found < len(symbols):
        raise ValueError(f"{found} is none of the {len(symbols)} symbols of its enum")
    return symbols[found]


def _text(found: bytes) -> str:
    return found.decode("utf-8")


def _bytes(found: bytes) -> str:
    return found.decode("utf-8") if is_text(found) else "base64:" + base64.b64encode(found).decode("ascii")


def _double(found: float) -> Any:
    return found if math.isfinite(found) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(found, "NaN")


def _float(found: float) -> Any:
    """A number of 32 bits as short as it may be said: 0.1, not 0.10000000149011612."""
    return _double(float(str(np.float32(found))))


def _moment(unit: str, zone: str) -> _Convert:
    return lambda found: moments.moment(found, unit) + zone


#: The types without parts: in the plain schema, and how few bytes they have.
_PLAIN: dict[str, tuple[str, int]] = {
    "null": ("null", 0),
    "boolean": ("boolean", 1),
    "int": ("int", 1),
    "long": ("long", 1),
    "float": ("float", 4),
    "double": ("double", 8),
    "bytes": ("bytes", 1),
    "string": ("bytes", 1),
}
_MAKES: dict[str, _Convert] = {"float": _float, "double": _double, "bytes": _bytes, "string": _text}
_FIXED: dict[tuple[str, int], _Convert] = {
    ("duration", 12): _duration,
    ("uuid", 16): lambda found: str(UUID(bytes=found)),
}
_SENSES: dict[tuple[str, str], _Convert] = {
    ("int", "date"): moments.day,
    ("int", "time-millis"): lambda found: moments.time(found, "millis"),
    ("long", "time-micros"): lambda found: moments.time(found, "micros"),
    **{("long", f"timestamp-{unit}"): _moment(unit, "Z") for unit in ("millis", "micros", "nanos")},
    **{("long", f"local-timestamp-{unit}"): _moment(unit, "") for unit in ("millis", "micros", "nanos")},
}
