"""What SQL may use, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from marketpulse.cli.render import console, table, to_json
from marketpulse.errors import UsageError
from marketpulse.sql.functions import FUNCTIONS, REFUSED
from marketpulse.sql.functions.examples import EXAMPLES, SAID


@dataclass(frozen=True)
class Entry:
    """One function: its kind (row, aggregate, window, generator), an example, what that gives, what is to be known."""

    name: str
    kind: str
    example: str
    gives: str
    note: str


def entries(word: str | None) -> list[Entry]:
    """The function of a name, else those whose names have the word in them; all without one.

    Raise UsageError for a function that is refused, with what to write instead, and for a word that is in none.
    """
    names = [name for name in sorted(FUNCTIONS) if name in EXAMPLES]
    asked = (word or "").lower().rstrip("()")
    found = [asked] if asked in names else [name for name in names if asked in name]
    if asked in REFUSED:
        reason, instead = REFUSED[asked]
        raise UsageError(f"{asked}() may not be used: it {reason}", hint=instead)
    if not found:
        close = get_close_matches(asked, names, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(close)}?" if close else "marketpulse functions lists them all"
        raise UsageError(f"there is no function {asked!r} that models may use", hint=hint)
    return [_entry(name) for name in found]


def _entry(name: str) -> Entry:
    function = FUNCTIONS[name]
    within = f"{function.within.instead.format(name)}: it {function.within.why}" if function.within else ""
    note = "; ".join(part for part in (function.note, within) if part)
    return Entry(name, function.kind, *EXAMPLES[name], note)


def function_report(found: Sequence[Entry], as_json: bool) -> None:
    """A line a function; of one alone all that is known."""
    if as_json:
        to_json(found)
        return
    if len(found) == 1:
        (one,) = found
        console.print(f"{one.example}\n   gives {one.gives}", markup=False, highlight=False)
        if one.kind in ("aggregate", "window"):
            console.print(f"   over {SAID}", markup=False, highlight=False)
        if one.note:
            console.print(f"   note {one.note}", markup=False, highlight=False)
        return
    title = f"What SQL may use: Spark's functions, {len(found)} of them"
    table(title, ("function", "example", "gives"), [(f.name, f.example, f.gives) for f in found])
    if any(f.kind in ("aggregate", "window") for f in found):
        console.print(f"aggregates and windows are shown over {SAID}", markup=False, highlight=False)
