"""A warehouse that has not caught up with the list of erased people is not built on.

It was restored from a backup, or an erasure was killed.
"""

from __future__ import annotations

from marketpulse.errors import UsageError
from marketpulse.names import ERASED_KEY
from marketpulse.people.erased import Erased
from marketpulse.project import personal
from marketpulse.run.context import Context

AGAIN = "marketpulse erase --again"


def refuse_unerased(context: Context, reads_bronze: bool) -> None:
    """Raise UsageError where people who were erased may still be in the warehouse, or where their list is not there.

    Bronze is only looked at by who reads it: the job of one stage may not.
    """
    erased = Erased.read(context.settings.erasures_place)
    caught_up = _caught_up(context) if reads_bronze else {}
    behind = [name for name, number in caught_up.items() if number < erased.number]
    ahead = [name for name, number in caught_up.items() if number > erased.number]
    if ahead:
        what = f"{ahead[0]} knows of erasures that the list of erased people does not have"
        raise UsageError(what, where=erased.place, hint="bring the newest list back: docs/privacy.md")
    if erased.at_work:
        raise UsageError(f"erasure {erased.at_work.number} has not come to its end", hint=f"{AGAIN} finishes it")
    if behind:
        refuse_unknown(context, erased)
        what = f"people were erased since this warehouse was as it is: {behind[0]} still has them"
        raise UsageError(what, hint=f"{AGAIN} erases them here too")


def refuse_unknown(context: Context, erased: Erased) -> None:
    """Raise UsageError for a warehouse from before erasures of which nobody knows any more whom they meant."""
    behind = [name for name, number in _caught_up(context).items() if number < erased.unknown]
    if behind:
        what = (
            f"{behind[0]} is from before erasure {erased.unknown}, whose secret was destroyed: nobody knows whom it has"
        )
        raise UsageError(what, hint="restore a newer backup, or build it anew from what is landed: docs/privacy.md")


def _caught_up(context: Context) -> dict[str, int]:
    """The last erasure that each bronze table has caught up with, of those with records of people."""
    found = ((name, context.lake.find(name)) for name in personal.feeds(context.project))
    return {name: int(table.state.get(ERASED_KEY, "0")) for name, table in found if table and table.snapshot_id}
