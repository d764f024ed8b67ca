"""What the allow-list says about one function."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

#: Builds DuckDB's text from the arguments (trees) and their texts.
Build = Callable[[Sequence[exp.Expr], Sequence[str]], str]
_SLOT = re.compile(r"\{(\d|\*)\}")


class UnsupportedError(Exception):
    """A call that cannot mean the same in DuckDB; `hint` is the alternative."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Function:
    """One Spark function and its equal in DuckDB.

    `forms` are templates, one for each number of arguments: `{0}` is the first argument, `{*}` all of them
    (then at least `least`). `build` replaces them where a template cannot say it.
    `around` goes around the whole aggregate, outside of its `filter` and `over`.
    """

    forms: tuple[str, ...]
    note: str = ""
    kind: str = "row"  # row | aggregate | window | generator
    around: str = "{}"
    build: Build | None = None
    counts: tuple[int, ...] | None = None
    least: int = 1

    def accepts(self, count: int) -> bool:
        """Whether the function may have `count` arguments."""
        if self.counts is not None:
            return count in self.counts
        return any(_arity(form) == count if "{*}" not in form else count >= self.least for form in self.forms)

    def render(self, arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
        """DuckDB's form of a call with these arguments."""
        if self.build:
            return self.build(arguments, texts)
        form = next(f for f in self.forms if "{*}" in f or _arity(f) == len(texts))
        return _SLOT.sub(lambda m: ", ".join(texts) if m[1] == "*" else texts[int(m[1])], form)


def _arity(form: str) -> int:
    return 1 + max((int(slot) for slot in _SLOT.findall(form) if slot != "*"), default=-1)


def row(*forms: str, note: str = "", least: int = 1) -> Function:
    """One value a row, from templates."""
    return Function(forms, note, least=least)


def made(build: Build, *counts: int, note: str = "", kind: str = "row") -> Function:
    """Call whose DuckDB form depends on literal arguments."""
    return Function((), note, kind=kind, build=build, counts=counts)


def aggregate(*forms: str, around: str = "{}", note: str = "") -> Function:
    """One value a group."""
    return Function(forms, note, kind="aggregate", around=around)


def window(*forms: str, around: str = "{}", note: str = "") -> Function:
    """Function that only makes sense over an ordered window."""
    return Function(forms, note, kind="window", around=around)


def literal(argument: exp.Expr, what: str) -> str:
    """Text of a string literal; anything else is refused."""
    if isinstance(argument, exp.Literal) and argument.is_string:
        return str(argument.this)
    raise UnsupportedError(f"{what} is not a text literal", f"write the {what} as 'text'")


def quoted(text: str) -> str:
    """`text` as a DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"
