"""Fixed width: what slices of the lines are."""

from __future__ import annotations

from random import Random

from marketpulse.landing.formats.fixed_width import FixedWidth, Place
from tests.landing.formats.generated.case import Case, Harm, Record, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import text

_ENCODINGS = ["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "cp037"]

_BLANK = " \t\x0b\x0c"


def generate(dice: Random) -> Case:
    """Lines of values at their places, some of another length."""
    form, spans = _form(dice)
    width = max(end for _, end in spans)
    lines = [_value(dice, width, form.encoding) for _ in range(dice.randint(0, 30))]
    records = [_record(line, form, spans) for line in lines]
    for line in _bad_lines(dice, form, width):
        at = dice.randint(0, len(lines))
        lines.insert(at, line)
        records.insert(at, None)
    kept: list[Record] = [record for line, record in zip(lines, records, strict=True) if line.strip(_BLANK)]
    if form.short and form.trim and dice.random() < 0.5:
        lines = [line.rstrip(" ") for line in lines]
    end = dice.choice(["\n", "\n", "\r\n", "\r"])
    whole = f"a title{end}" * form.skip + "".join(line + end for line in lines)
    case = Case(form, _encoded(whole, form.encoding), kept, piece=dice.choice([1, 7, 100, 1 << 20]))
    if dice.random() < 0.1:
        at = dice.randint(0, len(whole))
        kept = max(0, whole[:at].count(end) - form.skip)
        blank = sum(not line.strip(_BLANK) for line in lines[:kept])
        case = with_data(case, _encoded(whole[:at], form.encoding), harm=Harm.SHORT, whole=kept - blank)
    return packed(dice, case)


def _form(dice: Random) -> tuple[FixedWidth, list[tuple[int, int]]]:
    widths = [dice.randint(1, 12) for _ in range(dice.randint(1, 6))]
    begins = [sum(widths[:place]) for place in range(len(widths))]
    spans = [(begin, begin + width) for begin, width in zip(begins, widths, strict=True)]
    said = {
        "encoding": dice.choice(_ENCODINGS),
        "skip": dice.choice([0, 0, 2]),
        "trim": dice.random() < 0.8,
        "short": dice.random() < 0.2,
        "nulls": dice.choice([[""], [], ["", "NULL", "0007"]]),
    }
    if dice.random() < 0.5:
        return FixedWidth(widths={f"c{n}": width for n, width in enumerate(widths)}, **said), spans
    some = sorted(dice.sample(spans, dice.randint(1, len(spans))))
    places = [Place(name=f"c{n}", start=a + 1, width=b - a) for n, (a, b) in enumerate(some)]
    return FixedWidth(columns=places, **said), some


def _value(dice: Random, width: int, encoding: str) -> str:
    found = ""
    while len(found) < width:
        found += text(dice, "", encoding).replace("\x85", "") + " " * dice.randint(0, 3)
    return found[:width]


def _record(line: str, form: FixedWidth, spans: list[tuple[int, int]]) -> Record:
    values = [line[begin:end].strip(" ") if form.trim else line[begin:end] for begin, end in spans]
    return [None if value in form.nulls else value for value in values]


def _bad_lines(dice: Random, form: FixedWidth, width: int) -> list[str]:
    kinds = []
    if not form.short and width > 1:
        kinds.append("a" * (width - 1))
    if form.widths:
        kinds.append("b" * (width + 1))
    if form.encoding == "utf-8":
        kinds.append("\udcff" + "c" * (width - 1))
    return dice.sample(kinds, dice.choice([0, 0, min(1, len(kinds)), len(kinds)]))


def _encoded(whole: str, encoding: str) -> bytes:
    return whole.encode(encoding, errors="surrogateescape" if encoding == "utf-8" else "strict")
