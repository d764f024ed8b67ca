"""What went wrong, or may have: a line each, with what to do."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marketpulse.cells import shown
from marketpulse.cli.hints import completed
from marketpulse.cli.progress import logged
from marketpulse.cli.render import console
from marketpulse.cli.terminal import terminal
from marketpulse.units import rows_break

if TYPE_CHECKING:
    from marketpulse.run.rules import Told

#: Of more files than that the rest is counted.
MOST_FILES = 20
#: A query with a list of every time zone in it is read by nobody.
_LONGEST_HINT = 1_000


def files(kind: str, feed: str, told: Sequence[tuple[str, str | None]]) -> None:
    """What is to be said of files of a feed; of very many that would be more than anybody reads."""
    for message, hint in told[:MOST_FILES]:
        problem(kind, message, hint)
    if len(told) > MOST_FILES:
        problem(kind, f"{shown(len(told) - MOST_FILES)} more files of {feed}", "--json names them all")


def warned(where: str, rule: str, count: int, told: Mapping[str, Told]) -> None:
    """Rows that break a rule: how many, what the rule is about, and what to type to see them."""
    about = told.get(rule)
    broken = f"{rule} does not hold" if about and about.of_table else f"{rows_break(count)} {rule}"
    what = f"{where}: {broken}" + (f": {about.description}" if about else "")
    hint = f"marketpulse query {_quoted(about.query)}" if about else None
    if hint and len(hint) > _LONGEST_HINT:
        hint = "the query for them is long: this command tells it with --json"
    problem("warning", what, hint)


def _quoted(text: str) -> str:
    """One argument of a shell; a query has quotes of its own, so double ones where they will do."""
    return shlex.quote(text) if any(letter in text for letter in '"$`\\!') else f'"{text}"'


def told(kind: str, message: str) -> None:
    """What must be known beside what is written: on standard error, where it is no part of it."""
    if logged("WARNING" if kind == "warning" else "INFO", message):
        return
    beside = terminal(stderr=True)
    beside.print(f"[yellow]{kind}[/] ", end="")
    beside.print(message, markup=False, soft_wrap=not beside.is_terminal)


def problem(kind: str, message: str, hint: str | None) -> None:
    """One thing that people must know: what kind it is, where and what, and what to do."""
    style = "bold red" if kind in ("blocked", "failed", "late") else "yellow"
    whole = not console.is_terminal  # a line that is searched for is one line
    console.print(f"[{style}]{kind}[/] ", end="")
    console.print(message, markup=False, soft_wrap=whole)
    if hint:
        console.print("   [cyan]hint[/] ", end="")
        console.print(completed(hint), markup=False, soft_wrap=whole)
