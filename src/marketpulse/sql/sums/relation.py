"""Columns of a table, a step or a subquery, and what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from marketpulse.sql.sums.facts import Facts, Rule
from marketpulse.sql.sums.promises import Promise
from marketpulse.sql.sums.value import NONE, UNKNOWN, Id, Ids, Value, constant, new

#: Currencies that an amount may be in, columns that it does not add up over.
_MOST = 20


@dataclass(frozen=True)
class Relation:
    """Values by column name, in order, and what fixes what of them. `is_whole` says that all columns are known."""

    columns: dict[str, Value] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    is_whole: bool = True

    def again(self) -> Relation:
        """The same, read once more: its rows are others."""
        names: dict[Id, Id] = {}

        def other(each: Id) -> Id:
            return each if each.is_constant else names.setdefault(each, new(each.label))

        columns = {name: value.renamed(other) for name, value in self.columns.items()}
        rules = tuple((frozenset(map(other, left)), frozenset(map(other, right))) for left, right in self.rules)
        return Relation(columns, rules, self.is_whole)

    def called(self, names: Sequence[str]) -> Relation:
        """The same under the column names of an alias."""
        if not names:
            return self
        kept = list(self.columns)[len(names) :]
        values = [*self.columns.values(), *[UNKNOWN] * len(names)]
        columns = dict(zip([*names, *kept], values, strict=False))
        return Relation(columns, self.rules, self.is_whole)


NOTHING_KNOWN = Relation(is_whole=False)


def table(name: str, promise: Promise) -> Relation:
    """A table as its contract tells it. The key fixes every column."""
    ids = {column.lower(): new(f"{name}.{column}") for column in promise.columns}
    ids |= {column: constant(text) for column, text in promise.constants.items()}
    whole = new("")  # what does not add up at all differs from row to row
    columns = {}
    for column, each in ids.items():
        said = promise.measures.get(column)
        units, apart = NONE, NONE
        if said and said.currency:
            units = frozenset({Id(0, said.currency) if said.is_code else ids[said.currency]})
        if said and said.additive is False:
            apart = frozenset(ids[other] for other in said.not_over) or frozenset({whole})
        columns[column] = Value(frozenset({each}), frozenset({each}), units, apart)
    key = frozenset(ids[column] for column in promise.key)
    return Relation(columns, ((key, frozenset({*ids.values(), whole})),) if key else ())


def settled(columns: dict[str, Value], facts: Facts, is_whole: bool) -> Relation:
    """What a select gives: ids that are equal are one, and what no column is or is in is forgotten."""
    known = [_in_one(value.renamed(facts.find), columns.values(), facts) for value in columns.values()]
    units = frozenset(each for value in known for each in value.units | value.picked)
    seen = units | {each for value in known for each in value.holds | value.apart}
    kept: dict[Ids, Ids] = {}
    for left, right in facts.rules:
        by, fixed = facts.all(left), facts.all(right) & seen
        if by and fixed and by <= seen:  # a rule without a left side is of the row around a subquery
            kept[by] = kept.get(by, NONE) | fixed
    given = (_given(value, units, seen) for value in known)
    return Relation(dict(zip(columns, given, strict=True)), tuple(kept.items()), is_whole)


def _in_one(value: Value, columns: Iterable[Value], facts: Facts) -> Value:
    """An amount that is one of several is in the currency that is chosen beside it."""
    chosen = facts.choice(value.units, (each for column in columns for each in column.holds))
    return replace(value, units=frozenset({chosen})) if chosen else value


def _given(value: Value, units: Ids, seen: Ids) -> Value:
    """What is passed on of a value: what nobody can ask for is not, nor what is more than anybody would read.

    A number adds up over a column that is one value for all rows.
    """
    apart = frozenset(each for each in value.apart if not each.is_constant)
    few = [ids if len(ids) <= _MOST else NONE for ids in (value.units, apart)]
    return replace(value, fixes=value.fixes & seen, units=few[0], apart=few[1], reads=value.reads & units)


def union(parts: Sequence[Relation]) -> Relation:
    """The rows of several relations, column by column in the order of their places.

    An amount has the currency of a column that says, in each part, what it is in there.
    """
    if not all(part.is_whole for part in parts):
        return Relation(dict.fromkeys(parts[0].columns, UNKNOWN), (), parts[0].is_whole)
    rows = list(zip(*(part.columns.values() for part in parts), strict=False))
    names = list(parts[0].columns)[: len(rows)]
    places = [new(name) for name in names]
    served = Counter(place for values in rows for place in _holders(values, rows))
    columns = {}
    for name, place, values in zip(names, places, rows, strict=True):
        units = _units(values, rows, places, served)
        apart = frozenset(found for part, value in enumerate(values) for found in _apart(value, part, rows, places))
        alike = frozenset({place}) | _common(values)
        is_scaled, is_counted = any(v.is_scaled for v in values), any(v.is_counted for v in values)
        columns[name] = Value(alike, alike, units, apart, NONE, is_scaled, NONE, is_counted)
    return Relation(columns, (), True)


def _common(values: Sequence[Value]) -> Ids:
    """Constants that a column is in each part."""
    return frozenset.intersection(*(frozenset(i for i in value.holds if i.is_constant) for value in values))


def _holders(values: Sequence[Value], rows: Sequence[Sequence[Value]]) -> list[int]:
    """Places of the columns that say in each part what the amount is in, where there is an amount."""
    if not any(value.units for value in values):
        return []
    return [
        place
        for place, row in enumerate(rows)
        if all(value.units <= holder.holds for value, holder in zip(values, row, strict=True))
    ]


def _units(values: Sequence[Value], rows: Sequence[Sequence[Value]], places: Sequence[Id], served: Counter[int]) -> Ids:
    units = frozenset(each for value in values for each in value.units)
    if not units or (len(units) == 1 and next(iter(units)).is_constant):
        return units
    holders = _holders(values, rows)
    if holders:
        return frozenset({places[max(holders, key=lambda place: served[place])]})
    return units if all(each.is_constant for each in units) else frozenset({new(" and ".join(_labels(units)))})


def _labels(units: Ids) -> list[str]:
    return sorted({each.label for each in units})


def _apart(value: Value, part: int, rows: Sequence[Sequence[Value]], places: Sequence[Id]) -> list[Id]:
    """For each column that an amount of one part does not add up over, the place that holds it, else one of its own."""
    found = []
    for each in value.apart:
        holders = [place for place, row in enumerate(rows) if each in row[part].holds]
        found.append(places[holders[0]] if holders else new(each.label))
    return found
