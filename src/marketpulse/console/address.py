"""A question as the address of its page, and back: what an address says is what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from marketpulse.errors import UsageError
from marketpulse.metrics.question import Question

PAGE = "/explore"
_WORDS = ("last", "first_day", "last_day", "month", "to_date", "grain", "compare", "where")
_NUMBERS = ("rolling", "top")
_FLAGS = ("everything", "full", "share")
#: What an address calls each: short, and as the command line does.
_CALLED = {"first_day": "from", "last_day": "to", "everything": "all"}


def of_question(question: Question, page: str = PAGE) -> str:
    """The address of a question."""
    given = [("metric", name) for name in question.metrics] + [("by", name) for name in question.by]
    for name in (*_WORDS, *_NUMBERS, *_FLAGS):
        value = getattr(question.span, name, None) or getattr(question, name, None)
        given += [(_CALLED.get(name, name), "yes" if value is True else str(value))] if value else []
    return f"{page}?{urlencode(given)}"


def question_of(asked: QueryParams) -> Question:
    """The question of an address. Raise UsageError for what is none."""
    given: Mapping[str, object] = {
        "metrics": [name for each in asked.getlist("metric") for name in each.split(",") if name],
        "by": [name for each in asked.getlist("by") for name in each.split(",") if name],
        **{name: asked.get(_CALLED.get(name, name)) or None for name in _WORDS},
        **{name: _number(asked.get(name), name) for name in _NUMBERS},
        **{name: True for name in _FLAGS if asked.get(_CALLED.get(name, name))},
    }
    return Question.of(given)


def _number(text: str | None, name: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= len(text) <= 5 or int(text) < 1:
        raise UsageError(f"{name} {text[:20]!r} is no count", hint="a whole number from 1")
    return int(text)
