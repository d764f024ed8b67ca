"""What the platform knows of one function: its equal in DuckDB, what it gives, where it may stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

#: Mark of a literal that stands for a setting: the setting's name.
FROM_SETTING = "from_setting"
Gives = Literal["", "text", "whole", "double", "same"]
#: Builds DuckDB's text from the arguments (trees) and their texts.
Build = Callable[[Sequence[exp.Expr], Sequence[str]], str]
_SLOT = re.compile(r"\{(\d|\*)\}")


class UnsupportedError(Exception):
    """A call that cannot mean the same in DuckDB; `hint` is the alternative."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Within:
    """Functions of which one must stand around a call; else the call is refused, for the reason `why`."""

    names: tuple[str, ...]
    why: str
    instead: str


#: No standard fixes the last digit of such a result.
ROUNDED = Within(("round",), "differs in its last digits between engines", "write round({}(…), 12)")
SORTED = Within(("sort_array", "array_sort"), "depends on the order of the rows", "write sort_array({}(…))")


@dataclass(frozen=True)
class Function:
    """One Spark function and its equal in DuckDB.

    `forms` are templates, one for each number of arguments: `{0}` is the first argument, `{*}` all of them
    (then at least `least`). `build` replaces them where a template cannot say it.
    `around` goes around the whole aggregate, outside of its `filter` and `over`.
    `gives` is what a call certainly gives: text, whole, double, same (as its first argument), or nothing certain.
    """

    forms: tuple[str, ...]
    note: str = ""
    gives: Gives = ""
    within: Within | None = None
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


def row(*forms: str, note: str = "", least: int = 1, gives: Gives = "", within: Within | None = None) -> Function:
    """One value a row, from templates."""
    return Function(forms, note, gives, within, least=least)


def made(build: Build, *counts: int, note: str = "", kind: str = "row", gives: Gives = "") -> Function:
    """Call whose DuckDB form depends on literal arguments."""
    return Function((), note, gives, kind=kind, build=build, counts=counts)


def aggregate(
    *forms: str, around: str = "{}", note: str = "", gives: Gives = "", within: Within | None = None
) -> Function:
    """One value a group."""
    return Function(forms, note, gives, within, kind="aggregate", around=around)


def window(*forms: str, around: str = "{}", note: str = "", gives: Gives = "") -> Function:
    """Function that only makes sense over an ordered window."""
    return Function(forms, note, gives, kind="window", around=around)


def literal(argument: exp.Expr, what: str) -> str:
    """Text of a string literal; anything else is refused."""
    if isinstance(argument, exp.Literal) and argument.is_string:
        return str(argument.this)
    raise UnsupportedError(f"{what} is not a text literal", f"write the {what} as 'text'")


def quoted(text: str) -> str:
    """`text` as a DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"


#: The allow-list: every Spark function a model may use, by its name. Filled by `marketpulse.sql.functions`.
FUNCTIONS: dict[str, Function] = {}
