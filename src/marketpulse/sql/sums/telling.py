"""The refusals: what adds up what, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.authored import name_of
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.sums.frame import Frame
from marketpulse.sql.sums.value import Id, Ids, Value
from marketpulse.sql.sums.words import MONEY, About

#: Aggregates that add up, and what they do with what they are given.
SUMS = {"sum": "adds", "avg": "averages", "mean": "averages", "percentile": "ranks"} | dict.fromkeys(
    ("stddev", "stddev_pop", "stddev_samp", "var_pop", "var_samp", "variance"), "compares"
)
_ANEW = "compute it anew from what it is made of: sum its parts, then divide or count"
_RECOUNT = "count them anew at this grain, or say in the contract of their table how they add up (additive)"
_DOES: dict[type, str] = {exp.Add: "adds", exp.Sub: "subtracts"}
_LONGEST = 60


@dataclass
class Tell:
    """Remembers what is wrong with the sums of a query."""

    path: Origin = None
    about: About = MONEY
    found: list[DefinitionError] = field(default_factory=list)

    def summed(self, call: exp.Expr, value: Value, by: Ids, frame: Frame) -> bool:
        """Whether a sum of `value` over rows that are alike in `by` adds up what does not add up."""
        units = value.units | value.picked
        loose = sorted(frame.facts.loose(units, by))
        codes = sorted({each for each in frame.facts.all(units) if each.is_constant})
        does, what, about = SUMS[name_of(call)], _short(call.expressions[0]), self.about
        mixes = f"{does} {about.several} of several {about.kinds}"
        if loose:
            column = _amount(call, loose[0], frame)
            name = _short(column) if column else what
            told = f"{mixes}: {name} is in {loose[0].label}"
            self._refuse(call, told, _instead(loose[0], column, by, frame, about))
        elif len(codes) > 1:
            labels = " and in ".join(each.label for each in codes)
            self._refuse(call, f"{mixes}: {what} is in {labels}", about.convert)
        elif does not in ("adds", "averages") or not (apart := frame.facts.loose(value.apart, by)):
            return False
        elif any(not each.label for each in apart):
            told = f"adds up {what}" if does == "adds" else f"averages {what}"
            self._refuse(call, f"{told}, which does not add up", _ANEW)
        elif does == "averages":
            return False
        else:
            labels = ", ".join(sorted(each.label for each in apart))
            told = f"adds up {what}, which does not add up over {labels}"
            if value.is_counted:
                told = f"adds up {what}, counts of distinct things that may be the same in several {labels}"
            self._refuse(call, told, _RECOUNT if value.is_counted else _by(apart, frame))
        return True

    def added(self, node: exp.Expr, left: Value, right: Value, frame: Frame) -> None:
        """Refuse an addition of two amounts in two currencies, as far as each is in one."""
        units = [frame.facts.all(value.units | value.picked) for value in (left, right)]
        if any(len(each) != 1 for each in units) or units[0] == units[1]:
            return
        (one,), (other,) = units
        if left.picked or right.picked:
            may = f"{self.about.several} that may be of two {self.about.kinds}"
            self._refuse(node, f"{_DOES[type(node)]} {may}: {_short(node)}", self.about.alike)
            return
        what = f"{_DOES[type(node)]} {self.about.several} of two {self.about.kinds}"
        sides = f"{_short(node.this)} is in {one.label}, {_short(node.expression)} in {other.label}"
        self._refuse(node, f"{what}: {sides}", self.about.join)

    def gathered(self, node: exp.Expr, value: Value, frame: Frame) -> None:
        """Refuse the sum of an array of amounts in several currencies."""
        if value.picked and node.find(exp.Add) and not value.picked <= frame.facts.all(frame.counted):
            labels = " or ".join(sorted({each.label for each in value.picked}))
            what = f"adds {self.about.several} of several {self.about.kinds}"
            self._refuse(node, f"{what}: {_short(node.expressions[0])} is in {labels}", self.about.convert)

    def _refuse(self, node: exp.Expr, message: str, hint: str) -> None:
        self.found.append(refusal(message, hint, node=node, path=self.path))


def _amount(call: exp.Expr, unit: Id, frame: Frame) -> exp.Column | None:
    """The first column of a call that is in a currency."""
    columns = list(call.find_all(exp.Column, bfs=False))
    return next((each for each in columns if unit in frame.facts.all(frame.value(each).units)), None)


def _instead(unit: Id, amount: exp.Column | None, by: Ids, frame: Frame, about: About) -> str:
    """What to write for a sum over several values of a currency."""
    name = frame.named(unit)
    last = (_converted(amount.name.lower(), unit, by, frame) if amount else None) or about.convert
    if name is None:
        return f"keep {unit.label} in the steps before and group by it, or {last}"
    return f"add {name} to the group by (or partition by), filter one {about.kind}, or {last}"


def _converted(amount: str, unit: Id, by: Ids, frame: Frame) -> str | None:
    """How to take the same amount in another currency, where a table has it under a longer name."""
    for table in frame.tables.values():
        for name, value in table.columns.items():
            if name.endswith(f"_{amount}") and value.units and unit not in frame.facts.all(value.units):
                several = [frame.named(each) or each.label for each in sorted(frame.facts.loose(value.units, by))]
                return f"take {name}" + f" and add {', '.join(several)} to the group by" * bool(several)
    return None


def _by(apart: Ids, frame: Frame) -> str:
    names = [frame.named(each) or each.label for each in sorted(apart)]
    return f"add {', '.join(names)} to the group by, keep one value of it, or read a table at whose grain it adds up"


def _short(node: exp.Expr) -> str:
    text = node.sql("spark")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
