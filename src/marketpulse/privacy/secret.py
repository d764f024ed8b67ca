"""Secrets: of the list of erased people, a new one for who comes next and an end to an old one; that of pseudonyms.

Once a secret of the list is destroyed nobody can tell whom its erasures meant: not who reads the list or the audit
trail, nor a run. So nobody is kept out any more by it, and a backup from before these erasures cannot be used again.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketpulse.errors import UsageError
from marketpulse.people import audit
from marketpulse.people.erased import Erased
from marketpulse.people.pending import refuse_unerased
from marketpulse.privacy import landed
from marketpulse.privacy.alone import wait_for_others
from marketpulse.run.context import Context


@dataclass(frozen=True)
class Told:
    """One secret: how many erasures it keys, and of how many names."""

    number: int
    made_at: str
    destroyed_at: str | None
    erasures: int
    names: int


def secrets(context: Context) -> list[Told]:
    """All secrets, oldest first, those that were destroyed too."""
    erased = Erased.read(context.settings.erasures_place)
    found = []
    for each in erased.keyring.told:
        own = [erasure for erasure in erased.erasures if erasure.secret == each.number]
        told = (each.number, each.made_at, each.destroyed_at, len(own), sum(len(erasure.hashes) for erasure in own))
        found.append(Told(*told))
    return found


def rotate(context: Context, reason: str) -> int:
    """Make a secret for the erasures that come; its number. Those before keep theirs, so people are still kept out."""
    _why(reason)
    erased = _known(context)
    new = erased.rotate().keyring.told[-1].number
    audit.note(context, "secret rotate", reason, secret=new)
    return new


def destroy(context: Context, number: int, reason: str) -> None:
    """Destroy a secret and the hashes that it keys. Raise UsageError while anybody may still be needed to be known."""
    _why(reason)
    erased = _known(context)
    told = {each.number: each for each in erased.keyring.told}
    if number not in told:
        raise UsageError(f"there is no secret {number}", hint="known: " + ", ".join(map(str, told)))
    mine = [each for each in erased.erasures if each.secret == number]
    unfinished = [each.number for each in mine if each.done_at is None]
    if unfinished:
        raise UsageError(f"erasure {unfinished[0]} has not come to its end", hint="marketpulse erase --again")
    refuse_unerased(context, reads_bronze=True)
    if lying := landed.lying(context, {file for each in mine for file in each.landed}):
        what = f"landed files still hold people of its erasures: {len(lying):,}, as {min(lying)}"
        raise UsageError(what, hint="marketpulse erase --again --delete-landed")
    erased.destroy(number)
    audit.note(context, "secret destroy", reason, secret=number, erasures=[each.number for each in mine])


def renew(context: Context, reason: str) -> None:
    """Destroy the secret of pseudonyms, and make another: for whom those stood that were given out nobody can tell."""
    _why(reason)
    audit.note(context, "pseudonyms renew", reason)
    context.pseudonyms.renew()


def _known(context: Context) -> Erased:
    """The list, when nobody else of this machine is at work with it."""
    wait_for_others(context)
    erased = Erased.read(context.settings.erasures_place)
    if not erased.keyring.told:
        raise UsageError("nobody was ever erased from this warehouse", where=erased.place or None)
    return erased


def _why(reason: str) -> None:
    if not reason.strip():
        raise UsageError("why?", hint="--reason 'five years are over'; it is kept in the audit trail")
