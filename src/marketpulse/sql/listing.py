"""Values of reference data in a condition: `currency in (reference('currencies.code'))` stands for the codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from marketpulse.errors import DefinitionError, Problems
from marketpulse.sql.places import Origin, place_in
from marketpulse.sql.references import LAYER
from marketpulse.sql.spark import SPARK

#: Values of a column of reference data by its full name, `reference.<name>.<column>`; nothing where it is not there.
Values = Callable[[str], Collection[str] | None]
_CALL = re.compile(rf"\b{LAYER}\s*\(\s*'([^']*)'\s*\)", re.IGNORECASE)
_HINT = f"write {LAYER}('name.column'); its files are {LAYER}/<name>.csv and .yaml"


def listed(text: str) -> list[str]:
    """The columns of reference data that a condition names.

    >>> listed("currency in (reference('currencies.code'))")
    ['reference.currencies.code']
    """
    return [f"{LAYER}.{name}" for name in dict.fromkeys(_CALL.findall(text))]


def with_lists(text: str, values: Values, origin: Origin = None) -> str:
    """The condition with texts in the place of each list. Raise DefinitionError for all lists that are not there.

    >>> with_lists("size in (reference('sizes.name'))", {"reference.sizes.name": {"S", "M"}}.get)
    "size in ('M', 'S')"
    """
    problems = Problems()

    def written(call: re.Match[str]) -> str:
        found = values(f"{LAYER}.{call[1]}")
        if not found:
            before = text[: call.start()]
            place = place_in(origin, before.count("\n") + 1, call.start() - before.rfind("\n"))
            what = f"reads {LAYER}.{call[1]}, which is not there or wrong"
            problems.add([DefinitionError(what, where=place, hint=_HINT)])
        return ", ".join(SPARK.text(value) for value in sorted(found or ()) if value)

    made = _CALL.sub(written, text)
    problems.stop()
    return made
