"""What the engine refuses of a person's query, as a sentence with names that were perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from marketpulse.errors import UsageError
from marketpulse.serving.masking import STEWARD

#: SQLSTATE `undefined_table`.
NO_TABLE = "42P01"
_COLUMN = re.compile(
    r'^Binder Error: (?:Referenced column "(?P<alone>.+?)" not found in FROM clause!?'
    r'|(?:Table|Values list) "(?P<of>.+?)" does not have a column named "(?P<named>.+?)")'
)
_TABLE = re.compile(r'^Binder Error: Referenced table "(.+?)" not found!?')
_FUNCTION = re.compile(r"^Catalog Error: \w+ Function with name \"?(.+?)\"? does not exist!?")


def refusal(message: str, columns: Iterable[str], hidden: Mapping[str, str] | None = None) -> UsageError | None:
    """The error of a query that names what is not there, None for any other.

    `columns` are those of its tables that can be read, `hidden` others, each with why it cannot.

    >>> error = refusal('Binder Error: Referenced column "amout" not found in FROM clause!', ["amount", "day"])
    >>> error.message, error.hint
    ('there is no column amout in the tables of this query', 'did you mean amount?')
    """
    if found := _COLUMN.match(message):
        name, table = found["alone"] or found["named"], found["of"]
        if why := (hidden or {}).get(name.lower()):
            return UsageError(f"column {name} cannot be read: {why}", hint=STEWARD, sqlstate="42501")
        where = f"in {table}" if table else "in the tables of this query"
        return _error(f"there is no column {name} {where}", name, columns, "42703")
    if found := _TABLE.match(message):
        candidates = re.findall(r'"(.+?)"', message.partition("\n")[2])
        return _error(f"the query reads no table that it calls {found[1]}", found[1], candidates, NO_TABLE)
    if found := _FUNCTION.match(message):
        candidates = re.findall(r'Did you mean "(.+?)"', message)
        return _error(f"there is no function {found[1]}", found[1], candidates, "42883")
    return None


def not_over(table: str) -> UsageError:
    """The error for a table that the first run which builds it still makes."""
    return UsageError(
        f"the first run that makes {table} is not over", hint="marketpulse runs tells how it goes", sqlstate="55000"
    )


def _error(told: str, name: str, known: Iterable[str], sqlstate: str) -> UsageError:
    names = sorted(set(known))
    lower = {each.lower(): each for each in names}
    close = [lower[each] for each in get_close_matches(name.lower(), lower, n=3, cutoff=0.5)]
    if close:
        return UsageError(told, hint=f"did you mean {' or '.join(close)}?", sqlstate=sqlstate)
    few = ", ".join(names[:20]) + " …" * (len(names) > 20)
    return UsageError(told, hint=f"there are {few}" if names else None, sqlstate=sqlstate)
