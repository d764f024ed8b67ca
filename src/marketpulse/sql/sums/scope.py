"""Where an expression stands: the tables around it, its group, and whom to tell of a wrong sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from dataclasses import field as has

from sqlglot import exp

from marketpulse.sql.authored import name_of
from marketpulse.sql.sums.frame import Frame
from marketpulse.sql.sums.relation import Relation
from marketpulse.sql.sums.telling import SUMS, Tell
from marketpulse.sql.sums.value import NONE, Id, Ids, Value


@dataclass
class Scope:
    """One select. `group` are the ids in which the rows of one group are alike.

    `tell` hears of a sum or an addition that adds what does not add up; `walk` goes through a query inside.
    """

    frame: Frame
    tell: Tell
    walk: Callable[[exp.Expr, Frame], Relation]
    group: Ids = NONE
    #: What each expression is, by the identity of its tree.
    values: dict[int, Value] = has(default_factory=dict)

    def assuming(self, equal: Iterable[tuple[Id, Id]], alone: Ids = NONE) -> Scope:
        """The same where some ids are equal besides, and `alone` are one value in each group."""
        frame = copy(self.frame)
        frame.facts = self.frame.facts.copy()
        for one, other in equal:
            frame.facts.equal(one, other)
        return Scope(frame, self.tell, self.walk, self.group | alone)

    def query(self, node: exp.Expr) -> Relation:
        """What a query inside of an expression gives."""
        return self.walk(node, self.frame)

    def summed(self, call: exp.Expr, value: Value, by: Ids) -> Value:
        """A sum of a value over rows that are alike in `by`."""
        units = value.units | value.picked
        loose = self.frame.facts.loose(units, by)
        if loose and loose <= self.frame.facts.all(self.frame.counted):  # of one currency where the next step asks
            return Value(picked=frozenset(self.frame.pick("", each) for each in loose), is_scaled=value.is_scaled)
        if self.tell.summed(call, value, by, self.frame) or SUMS[name_of(call)] == "compares":
            return Value()
        return Value(units=units, apart=value.apart, is_scaled=value.is_scaled, is_counted=value.is_counted)

    def added(self, node: exp.Expr, left: Value, right: Value) -> None:
        """An addition or subtraction of two values."""
        self.tell.added(node, left, right, self.frame)
