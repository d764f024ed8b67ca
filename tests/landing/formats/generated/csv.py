"""CSV: what Python's reader reads."""

from __future__ import annotations

import csv
import io
from random import Random

from marketpulse.landing.formats.csv import Csv
from tests.landing.formats.generated.case import Case, Harm, Record, with_data
from tests.landing.formats.generated.packing import packed
from tests.landing.formats.generated.texts import is_in, text

_ENCODINGS = ["utf-8"] * 5 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "cp932", "gb18030"]
_HEADERS = ["Order No", "Währung", "单价", "qty", "Price €", "x-1", "Цена за шт", "MixedCase"]


def generate(dice: Random) -> Case:
    """A file, written cleanly or not, with some of all settings."""
    return soup(dice) if dice.random() < 0.2 else packed(dice, written(dice))


def written(dice: Random) -> Case:
    """A file that a writer wrote, perhaps with lines in it that are none."""
    form = _form(dice)
    width = dice.randint(1, 6)
    end = dice.choice(["\n", "\n", "\r\n", "\r"])
    marks = form.delimiter + form.quote + (form.escape or "") + "\n\r" * (dice.random() < 0.5)
    rows = [[text(dice, marks, form.encoding) for _ in range(width)] for _ in range(dice.randint(0, 30))]
    header = [
        name if is_in(name, form.encoding) else f"name {n}" for n, name in enumerate(dice.sample(_HEADERS, width))
    ]
    quoting = dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    lines = [_line(form, row, end, csv.QUOTE_ALL if _goes_over(row) else quoting) for row in rows]
    lines = [line for line in lines if line != end]  # of a blank line the reference reads nothing
    records: list[Record] = [_read(form, line) for line in lines]
    bad = _bad_lines(dice, form, width, "".join(lines)) if len(lines) > 6 else []
    for line in bad:
        at = dice.randint(0, len(lines))
        lines.insert(at, line + end)
        records.insert(at, None)
    if lines and dice.random() < 0.3 and (form.footer == 0):
        lines[-1] = lines[-1].removesuffix(end)
    if not form.header:
        form = form.model_copy(update={"columns": [f"c{n}" for n in range(width)]})
    whole = _around(form, [_line(form, header, end, quoting)] * form.header + lines, end)
    case = Case(form, _encoded(whole, form.encoding), records, piece=dice.choice([1, 7, 100, 1 << 20]))
    if form.footer or dice.random() < 0.9:
        return case
    at = dice.randint(0, len(whole))
    before = [sum(map(len, lines[:place])) for place in range(len(lines) + 1)]
    kept = sum(len(whole) - before[-1] + end <= at for end in before[1:])
    return with_data(case, _encoded(whole[:at], form.encoding), harm=Harm.SHORT, whole=kept)


def soup(dice: Random) -> Case:
    """Lines of which nobody knows what they are: no text of any of them is lost, whatever becomes of it."""
    tokens = [f"t{number}z" for number in range(dice.randint(1, 25))]
    end = dice.choice(["\n", "\r\n"])
    likely = dice.choice(["ab,", 'ab,"', '",', 'a,\n"', 'a,\\"'])
    lines = [token + "".join(dice.choices(likely, k=dice.randint(0, 8))) for token in tokens]
    if dice.random() < 0.5:
        lines = [dice.choice(["", '"']) + line + dice.choice(["", ",b", '",b', '"']) for line in lines]
    form = Csv(escape=dice.choice([None, None, "\\"]))
    whole = end.join(["id,name", *lines]) + dice.choice(["", end])
    case = Case(form, whole.encode(), tokens=tokens, piece=dice.choice([1, 7, 1 << 20]))
    rows = _strictly(form, whole)
    return case if rows is None else Case(form, case.data, rows[1:], piece=case.piece)


def _strictly(form: Csv, whole: str) -> list[Record] | None:
    """What a strict reader reads, where it finds nothing wrong at all."""
    reader = csv.reader(io.StringIO(whole, newline=""), escapechar=form.escape, strict=True)
    try:
        rows = [row for row in reader if row]
    except csv.Error:
        return None
    return [[value or None for value in row] for row in rows] if all(len(row) == 2 for row in rows) else None


def _form(dice: Random) -> Csv:
    delimiter = dice.choice([",", ",", ";", "\t", "|", " "])
    return Csv(
        delimiter=delimiter,
        encoding=dice.choice(_ENCODINGS),
        quote=dice.choice(['"', '"', '"', "'"]),
        escape=dice.choice([None, None, None, "\\"]),
        header=dice.random() < 0.8,
        columns=["c"],
        nulls=dice.choice([[""], [""], [], ["", "NULL", "N/A"]]),
        skip=dice.choice([0, 0, 0, 1, 3]),
        footer=dice.choice([0, 0, 0, 1, 2]),
    ).model_copy(update={"columns": []})


def _line(form: Csv, row: list[str], end: str, quoting: int) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=form.delimiter, quotechar=form.quote, escapechar=form.escape,
                        doublequote=form.escape is None, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]  # fmt: skip
    writer.writerow(row)
    return out.getvalue()


def _goes_over(row: list[str]) -> bool:
    """Whether a value holds the end of a line, which the writer would not always quote."""
    return any(mark in value for mark in "\r\n" for value in row)


def _read(form: Csv, line: str) -> Record:
    """The record that the reference reads; of a blank line nothing."""
    reader = csv.reader(io.StringIO(line, newline=""), delimiter=form.delimiter, quotechar=form.quote,
                        escapechar=form.escape, doublequote=True)  # fmt: skip
    rows = list(reader)
    assert len(rows) == 1, rows
    return [None if value in form.nulls else value for value in rows[0]]


def _bad_lines(dice: Random, form: Csv, width: int, others: str) -> list[str]:
    """Lines that are no records, each of another kind."""
    kinds = [form.delimiter.join("abcdefgh"[: width + 2])]
    if width > 2:
        kinds.append("a" + form.delimiter + "b")
    if form.quote not in others and width > 1:
        kinds.append(form.quote + "never closed")
    if form.encoding == "utf-8":
        kinds.append(form.delimiter.join(["\udcff", *["b"] * (width - 1)]))
    return dice.sample(kinds, dice.choice([0, 0, 1, len(kinds)]))


def _around(form: Csv, lines: list[str], end: str) -> str:
    return f"A title{end}" * form.skip + "".join(lines) + f"Total 5{end}" * form.footer


def _encoded(whole: str, encoding: str) -> bytes:
    return whole.encode(encoding, errors="surrogateescape" if encoding == "utf-8" else "strict")
