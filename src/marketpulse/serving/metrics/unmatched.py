"""Words of a condition that no row has: who mistypes a channel would take the 0 of it for a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlglot import exp

from marketpulse.metrics.compiling import is_apart
from marketpulse.metrics.days import Period
from marketpulse.metrics.metric import CURRENCY
from marketpulse.metrics.refusing import made_of
from marketpulse.metrics.rows import Asked
from marketpulse.serving.metrics.reading import Reader

_MOST = 20


def unmatched(reader: Reader, period: Period | None, window: int | None, where: exp.Expr | None) -> Iterator[str]:
    """A sentence for each text that a dimension is compared with and is in no row of these days, and their windows."""
    texts = _compared(where) if where is not None else {}
    if period and window:
        period = replace(period, first=period.first - timedelta(days=window - 1))
    for name, wanted in ((name, wanted) for name, wanted in texts.items() if _is_text(reader, name)):
        column = exp.column(name)
        found = _members(reader, period, name, exp.In(this=column, expressions=_texts(wanted)))
        missing = [text for text in wanted if text not in found][:_MOST]
        alike = exp.In(this=exp.Lower(this=column.copy()), expressions=_texts([text.lower() for text in missing]))
        near = sorted(_members(reader, period, name, alike)) if missing else []
        for text in missing:
            others = ", ".join(repr(each) for each in near if each.lower() == text.lower())
            hint = f", some have {others}" if others else f"; by {name} shows what there is"
            yield f"no row{' of these days' if period else ''} has {name} {text!r}{hint}"


def _compared(where: exp.Expr) -> dict[str, list[str]]:
    """Texts that each dimension is compared with, as they are written."""
    found: dict[str, dict[str, None]] = {}
    for each in where.find_all(exp.EQ, exp.NEQ, exp.In, bfs=False):
        others = each.expressions if isinstance(each, exp.In) else [each.expression]
        sides = [each.this, *others]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        texts = [side.name for side in sides if isinstance(side, exp.Literal) and side.is_string]
        if len(columns) == 1:
            found.setdefault(columns[0].name.lower(), {}).update(dict.fromkeys(texts))
    return {name: list(texts) for name, texts in found.items() if texts}


def _is_text(reader: Reader, name: str) -> bool:
    """Whether a dimension is spelt one way: a day or a number may be written in several."""
    kinds = {part.dimensions[name].type for part in made_of(reader.metrics) if name in part.dimensions}
    return kinds <= {"string"}  # a currency that is no dimension is a text, too


def _texts(wanted: list[str]) -> list[exp.Expr]:
    return [exp.Literal.string(text) for text in wanted]


def _members(reader: Reader, period: Period | None, name: str, condition: exp.Expr) -> set[str]:
    """Members of a dimension in the rows of which a condition is true."""
    by = () if name == CURRENCY else (name,)
    asked = Asked(period, by=by, where=condition, apart=is_apart(reader.metrics, (name,)))
    return {str(key.members[0] if by else key.currency) for key in reader.cells(asked)}
