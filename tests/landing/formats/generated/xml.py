"""XML: what Python's own tree of it holds."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from marketpulse.landing.formats.xml import Xml
from tests.landing.formats.generated.case import Case, Harm, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text

_NAMES = ["a", "b", "gr\u00f6\u00dfe", "line", "x.y", "c-d", "n:e"]
_ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-16", "iso-8859-1"]
_BLANK = " \t\r\n"


def generate(dice: Random) -> Case:
    """Records below or beside other elements, with comments and sections between."""
    form = Xml(record=dice.choice(["order", "orders/order"]), lists=dice.choice([[], ["line"]]))
    bodies = [_element(dice, "order", 0) for _ in range(dice.randint(1, 12))]
    encoding = dice.choice(_ENCODINGS)
    inner = "".join(dice.choice(["", "\n", "<!-- <order> -->", "<other no='1'/>"]) + body for body in bodies)
    whole = f'<?xml version="1.0" encoding="{encoding}"?><all xmlns:n="urn:n" made="x"><orders>{inner}</orders></all>'
    data = whole.encode(encoding, errors="xmlcharrefreplace")
    found = [_plain(each, form) for each in ET.fromstring(data).iter("order")]
    records = [None if each is _TWICE else [each, _envelope()] for each in found]
    case = Case(form, data, records, same=_same, piece=dice.choice([1, 7, 100, 1 << 20]))
    if dice.random() < 0.15:
        case = with_data(case, data[: dice.randint(10, len(data) - 1)], harm=Harm.TORN)
    return packed(dice, case)


def _envelope() -> Any:
    return {"all": {"_made": "x"}}


def _element(dice: Random, name: str, depth: int) -> str:
    given = "".join(
        f" {key}={quoteattr(_text(dice))}" for key in dice.sample(["id", "b", "unit"], dice.choice([0, 0, 1, 2]))
    )
    names = dice.choices(_NAMES, k=dice.choice([0, 1, 2, 3])) if depth < 3 else []
    names = names if dice.random() < 0.2 else list(dict.fromkeys(names))
    parts = [_element(dice, each, depth + 1) for each in names]
    if not parts or dice.random() < 0.2:
        parts.insert(dice.randint(0, len(parts)), _written(dice))
    if not "".join(parts) and dice.random() < 0.5:
        return f"<{name}{given}/>"
    return f"<{name}{given}>{dice.choice(['', ' ', chr(10)]).join(parts)}</{name}>"


def _text(dice: Random) -> str:
    return text(dice, "<&>\"'\n").replace("\x0b", "").replace("\x1f", "")


def _written(dice: Random) -> str:
    found = _text(dice)
    if dice.random() < 0.2 and found.isascii():
        return f"<![CDATA[{found}]]>"
    return escape(found) + dice.choice(["", "", "<!-- no -->", "&#228;"])


_TWICE = object()


def _plain(element: ET.Element, form: Xml) -> Any:
    """A record as the documentation says it; `_TWICE` when something stands in it twice that is no list."""
    value = _value(element, form)
    if value is _TWICE or isinstance(value, dict):
        return value
    return {} if value is None else {"_value": value}


def _value(element: ET.Element, form: Xml) -> Any:
    found: dict[str, Any] = {f"_{name.rpartition('}')[2]}": value for name, value in element.attrib.items()}
    for inner in element:
        name, value = inner.tag.rpartition("}")[2], _value(inner, form)
        if value is _TWICE or (name in found and name not in form.lists):
            return _TWICE
        if name in form.lists:
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    whole = (element.text or "") + "".join(inner.tail or "" for inner in element)
    own = whole.strip(_BLANK)
    if found and own:
        found["_value"] = own
    return found or own or None


def _same(found: str | None, wanted: Any) -> bool:
    return bool(json.loads(found or "null") == wanted)
