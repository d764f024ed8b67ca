"""What the filters, joins and keys of one select say of its columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from marketpulse.sql.sums.value import NONE, Id, Ids, new

#: Rows that are alike in the first are alike in the second.
Rule = tuple[Ids, Ids]


@dataclass
class Facts:
    """Which ids are equal in every row, and which are fixed by which others.

    `joined` says for two columns that an outer join compares which id `coalesce` of them has. `choices` are ids that
    stand for one of several, whichever was chosen.
    """

    rules: list[Rule] = field(default_factory=list)
    joined: dict[Ids, Id] = field(default_factory=dict)
    choices: dict[Id, Ids] = field(default_factory=dict)
    _same: dict[Id, Id] = field(default_factory=dict)

    def copy(self) -> Facts:
        """The same, to say more of."""
        return Facts(list(self.rules), dict(self.joined), self.choices, dict(self._same))

    def equal(self, one: Id, other: Id) -> None:
        """Say that two ids are equal; a constant speaks for those that equal it."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return
        if first.is_constant:
            first, second = second, first
        self._same[first] = second

    def find(self, one: Id) -> Id:
        """The id that speaks for all that equal `one`."""
        while one in self._same:
            one = self._same[one]
        return one

    def all(self, ids: Iterable[Id]) -> Ids:
        """The ids that speak for some."""
        return frozenset(self.find(each) for each in ids)

    def fixed(self, by: Iterable[Id]) -> Ids:
        """Every id that is alike in rows that are alike in `by`; constants are, without being named."""
        known = set(self.all(by))
        rules = [(self.all(left), self.all(right)) for left, right in self.rules]
        grows = True
        while grows:
            before = len(known)
            for left, right in rules:
                if all(each in known or each.is_constant for each in left):
                    known |= right
            grows = len(known) > before
        return frozenset(known)

    def choose(self, among: Ids) -> Id:
        """An id of its own for what is one of several."""
        labels = {label for each in among for label in each.label.split(" or ")}
        chosen = new(" or ".join(sorted(labels)))
        self.choices[chosen] = among
        return chosen

    def choice(self, of: Ids, known: Iterable[Id]) -> Id | None:
        """The one of the known ids that stands for whichever of several was chosen."""
        several = self.all(of)
        standing = (each for each in known if each in self.choices)
        return next((each for each in standing if len(several) > 1 and several <= self.all(self.choices[each])), None)

    def loose(self, ids: Iterable[Id], by: Iterable[Id] = NONE) -> Ids:
        """Those of `ids` that may differ between rows that are alike in `by`."""
        known = self.fixed(by)
        if self.choice(frozenset(ids), known):
            return NONE
        return frozenset(each for each in self.all(ids) if not each.is_constant and each not in known)
