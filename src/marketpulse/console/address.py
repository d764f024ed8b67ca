"""A question as the address of its page, and back: what an address says is what is asked."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question, Span

PAGE = "/explore"
#: Periods in one word that are no length.
TO_DATE = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}
ALL = "all"
_WORDS, _NUMBERS, _FLAGS = ("grain", "compare", "where"), ("rolling", "top"), ("full", "share")
_MONTH, _BETWEEN = re.compile(r"\d{4}-\d{2}"), ".."


def of_question(question: Question, page: str = PAGE) -> str:
    """The address of a question.

    >>> of_question(Question(("orders",), ("channel",), Span(to_date="month"), top=5))
    '/explore?metric=orders&by=channel&days=mtd&top=5'
    """
    given = [("metric", name) for name in question.metrics] + [("by", name) for name in question.by]
    given += [("days", days_of(question.span))]
    given += [(name, str(getattr(question, name))) for name in (*_WORDS, *_NUMBERS) if getattr(question, name)]
    given += [("full", "yes")] if question.span.full else []
    given += [("share", "yes")] if question.share else []
    return f"{page}?{urlencode(given)}"


def days_of(span: Span) -> str:
    """A period in one word."""
    if span.everything:
        return ALL
    if span.to_date:
        return next((word for word, unit in TO_DATE.items() if unit == span.to_date), span.to_date)
    if span.first_day or span.last_day:
        return f"{span.first_day or ''}{_BETWEEN}{span.last_day or ''}"
    return span.month or span.last or "28d"


def question_of(asked: QueryParams) -> Question:
    """The question of an address. Raise UsageError for what is none."""
    given: dict[str, Any] = {name: asked.get(name) or None for name in _WORDS}
    given |= {name: _number(asked.get(name), name) for name in _NUMBERS}
    given |= {name: True for name in _FLAGS if asked.get(name)}
    given |= _days(asked.get("from") or "", asked.get("to") or "", asked.get("days") or "28d")
    return Question.of({"metrics": names(asked, "metric"), "by": names(asked, "by"), **given})


def names(asked: QueryParams, what: str) -> list[str]:
    """Names that are given once, several times, or with commas."""
    return [name.strip() for each in asked.getlist(what) for name in each.split(",") if name.strip()]


def _days(first: str, last: str, days: str) -> dict[str, Any]:
    if not (first or last) and _BETWEEN in days:
        first, _, last = days.partition(_BETWEEN)
    if first or last:
        return {"first_day": first or None, "last_day": last or None}
    if days == ALL:
        return {"everything": True}
    if days in TO_DATE:
        return {"to_date": TO_DATE[days]}
    return {"month" if _MONTH.fullmatch(days) else "last": days}


def _number(text: str | None, name: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= len(text) <= 5 or int(text) < 1:
        raise UsageError(f"{name} {text[:20]!r} is no count", hint="a whole number from 1")
    return int(text)
