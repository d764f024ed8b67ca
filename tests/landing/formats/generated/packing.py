"""Files as they are on their way: packed in each way, cut off, damaged."""

from __future__ import annotations

from random import Random

from tests.landing.formats.generated.case import Case, Harm, with_data
from tests.landing.packs import PACKERS, zipped


def packed(dice: Random, case: Case) -> Case:
    """The case, perhaps packed, and what is packed perhaps damaged."""
    if dice.random() < 0.5:
        return case
    kind = dice.choice([*PACKERS, "zip", "members"])
    if kind == "zip":
        data = zipped({"a": case.data})
    elif kind == "members":
        at = dice.randint(0, len(case.data))
        pack = PACKERS[dice.choice([*PACKERS])]
        # Never damaged: that a file ends behind the first of its streams nobody can see.
        return with_data(case, pack(case.data[:at]) + pack(case.data[at:]))
    else:
        data = PACKERS[kind](case.data)
    found = with_data(case, data)
    return damaged(dice, found) if case.harm is Harm.NONE and not case.tokens and dice.random() < 0.2 else found


def damaged(dice: Random, case: Case) -> Case:
    """The packed file without its end, or with a bit that is another."""
    data = bytearray(case.data)
    if dice.random() < 0.5:
        del data[dice.randint(6, len(data) - 1) :]
        return with_data(case, bytes(data), harm=Harm.TORN)
    data[dice.randrange(6, len(data))] ^= 1 << dice.randrange(8)
    return with_data(case, bytes(data), harm=Harm.TORN)
