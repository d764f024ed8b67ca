"""JSON: what Python's own reader finds, in lines, arrays and documents, pretty or not."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from marketpulse.engines.duckdb import DuckEngine
from marketpulse.landing.formats.json import Json
from marketpulse.landing.records import Records
from tests.landing.formats.generated.case import Case, Harm, Line, Record, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text
from tests.landing.formats.json.reading import expected

_PATHS = {None: [], "a": ["a"], "a[*].b[*]": ["a", "b"], "$.a.b": ["a", "b"], '"c d"': ["c d"], "ä": ["ä"]}
_KEYS = ["a", "b", "c d", "ä", "id", 'e"f', "x\\", "{", ""]
_BROKEN = ['{"id": 1', '{"id": 1,}', "no", "{'id': 1}", '{"id": nul}', '{"id" 1}']


def generate(dice: Random) -> Case:
    """Documents, written in one of the ways people write them, with something in them that is none."""
    said = dice.choice([*_PATHS])
    path = _PATHS[said]
    documents = [_object(dice, path, 3) for _ in range(dice.randint(1, 12))]
    documents[0] = documents[0] or {"id": 1}  # an empty one is a line, though what follows is not
    style = dice.choice(["lines", "lines", "array", "behind"])
    if style == "array" and dice.random() < 0.3:
        documents.insert(dice.randint(0, len(documents)), dice.choice([1, "x", None, [1], True]))
    indent = None if style == "lines" else dice.choice([None, 0, 2, "\t"])
    written = [json.dumps(each, ensure_ascii=dice.random() < 0.5, indent=indent) for each in documents]
    records = [
        _record(each)
        for document in documents
        for each in (expected(document, path) if path else [(document, None, None)])
    ]
    if style == "lines" and dice.random() < 0.3:
        at = dice.randint(0, len(written))
        records[_before(documents[:at], path) : _before(documents[:at], path)] = [None]
        written.insert(at, dice.choice(_BROKEN[1:] if at == 0 else _BROKEN))
    whole = _whole(dice, style, written)
    encoding = dice.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"])
    form = Json(records=said, encoding="utf-8" if encoding == "utf-8-sig" else encoding)
    case = Case(form, whole.encode(encoding), records, piece=dice.choice([1, 7, 100, 1 << 20]))
    if dice.random() < 0.1 and not path:
        at = dice.randint(1, len(whole))
        kept = next((n for n in range(len(written), 0, -1) if _end(whole, written[:n]) < at), 0)
        harm = Harm.TORN if style == "array" else Harm.SHORT
        case = with_data(case, whole[:at].encode(encoding), harm=harm, whole=kept)
    found = packed(dice, case)
    # Of a document that is cut nobody can say what is around its records.
    return with_data(found, found.data, harm=Harm.OPEN) if path and found.harm is Harm.TORN else found


def _end(whole: str, written: list[str]) -> int:
    """Where the last of some texts ends."""
    at = 0
    for each in written:
        at = whole.index(each, at) + len(each)
    return at


def lines_by(engine: DuckEngine, records: Records) -> list[Line]:
    """Records as the engine has checked them."""
    with engine.scope():
        query = engine.records(engine.receive("landed", records.stream()))
        rows = engine.rows(f"select _source_row, raw, envelope, _item, _error, _malformed from ({query})")
    found: list[Line] = []
    for number, raw, envelope, item, error, malformed in rows:
        values = [json.loads(raw), json.loads(envelope) if envelope else None, item] if error is None else None
        found.append((number, values, error, malformed))
    return sorted(found, key=lambda line: line[0])


def _before(documents: list[Any], path: list[str]) -> int:
    return sum(len(list(expected(each, path))) if path else 1 for each in documents)


def _record(found: tuple[Any, Any, int | None]) -> Record:
    return list(found) if isinstance(found[0], dict) else None


def _whole(dice: Random, style: str, written: list[str]) -> str:
    end = dice.choice(["\n", "\n", "\r\n"])
    if style == "array":
        gap = dice.choice(["", " ", end])
        return dice.choice(["", end]) + "[" + gap + f"{gap},{gap}".join(written) + gap + "]" + dice.choice(["", end])
    if style == "lines":
        return "".join(dice.choice(["", "", end]) + each + end for each in written)[
            : None if dice.random() < 0.7 else -len(end)
        ]
    return dice.choice([end, " ", "", f",{end}", end * 2]).join(written)


def _object(dice: Random, path: list[str], depth: int) -> dict[str, Any]:
    found = {dice.choice(_KEYS): _value(dice, depth - 1) for _ in range(dice.randint(0, 3))}
    if path and dice.random() < 0.85:
        roll = dice.random()
        inner = [
            _object(dice, path[1:], depth) if dice.random() < 0.9 else _value(dice, 1)
            for _ in range(dice.randint(0, 4))
        ]
        found[path[0]] = inner if roll < 0.8 else _object(dice, path[1:], depth) if roll < 0.9 else _value(dice, 1)
    items = list(found.items())
    dice.shuffle(items)
    return dict(items)


def _value(dice: Random, depth: int) -> Any:
    roll = dice.random()
    if depth > 0 and roll < 0.2:
        return [_value(dice, depth - 1) for _ in range(dice.randint(0, 3))]
    if depth > 0 and roll < 0.4:
        return {dice.choice(_KEYS): _value(dice, depth - 1) for _ in range(dice.randint(0, 3))}
    if roll < 0.6:
        return dice.choice([None, True, False, 0, -1, 1.5, 1e-7, 12345678901234567890, 1e22, -0.0])
    return text(dice, '"\\{}[],:\n\t\b/')
