"""The same question elsewhere: as a command, in Python, as SQL."""

from __future__ import annotations

import shlex

from marketpulse.console.words import pyquote
from marketpulse.metrics.question import Question

_OPTIONS = {"first_day": "from", "last_day": "to", "everything": "all", "to_date": "to-date"}
_NAMES = ("last", "first_day", "last_day", "month", "to_date", "everything", "full", "grain", "compare", "where",
          "rolling", "share", "top")  # fmt: skip


def _given(question: Question) -> dict[str, object]:
    found = {name: getattr(question.span, name, None) or getattr(question, name, None) for name in _NAMES}
    return {name: value for name, value in found.items() if value}


def as_command(question: Question) -> str:
    r"""The line of a shell.

    >>> as_command(Question(("orders",), ("channel",), where="channel <> 'web'"))
    'marketpulse metric orders --by channel --where \'channel <> \'"\'"\'web\'"\'"\'\''
    """
    parts = ["marketpulse", "metric", *question.metrics]
    parts += ["--by", ",".join(question.by)] if question.by else []
    for name, value in _given(question).items():
        parts += [f"--{_OPTIONS.get(name, name)}"] + ([] if value is True else [str(value)])
    return shlex.join(parts)


def as_python(question: Question) -> str:
    """The same from a notebook.

    >>> as_python(Question(("orders",), ("channel",), top=3))
    'marketpulse.open("warehouse").metric("orders", by=["channel"], top=3)'
    """
    parts = [pyquote(name) for name in question.metrics]
    parts += [f"by=[{', '.join(map(pyquote, question.by))}]"] if question.by else []
    parts += [f"{name}={pyquote(v) if isinstance(v, str) else v}" for name, v in _given(question).items()]
    return f'marketpulse.open("warehouse").metric({", ".join(parts)})'
