"""A query against what the tables it reads promise of their numbers, and against what its own table promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.sums.promises import Measure, Promise
from marketpulse.sql.sums.relation import Relation
from marketpulse.sql.sums.telling import Tell
from marketpulse.sql.sums.value import Id, Ids
from marketpulse.sql.sums.walking import Walk

_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Sums:
    """What the columns of a query are, by name in lower case, and what is wrong with its sums."""

    measures: dict[str, Measure]
    problems: tuple[DefinitionError, ...]


def judge(
    query: exp.Query,
    promises: Mapping[str, Promise],
    path: Origin = None,
    promised: Mapping[str, Measure] | None = None,
) -> Sums:
    """Follow the units of `query` through its steps. With `promised`, hold its columns to what is said of them.

    Tables without a promise are not judged.

    >>> from marketpulse.sql import parse
    >>> tables = {"silver.bills": Promise(("amount", "currency"), (), {"amount": Measure("currency")})}
    >>> judge(parse("select sum(amount) as a from silver.bills"), tables).problems[0].message
    'adds amounts of several currencies: amount is in silver.bills.currency'
    """
    tell = Tell(path)
    given = Walk(promises, tell).query(query, {}, None, is_last=True)
    nodes = {node.alias_or_name.lower(): node for node in query.selects}
    measures: dict[str, Measure] = {}
    for name in nodes if promised is not None else ():
        said = (promised or {}).get(name, Measure())
        measures[name], wrong = _held(name, said, given)
        if wrong:
            found = refusal(*wrong, node=nodes[name], path=path).of(f"column {name}")
            tell.found.append(found)
    problems = tuple({(each.place, str(each)): each for each in tell.found}.values())
    return Sums(measures, problems)


Wrong = tuple[str, str] | None


def _held(name: str, said: Measure, given: Relation) -> tuple[Measure, Wrong]:
    """What a column is, by its table's promise and by its query, and how the two differ."""
    value = given.columns.get(name)
    if value is None:
        return said, None
    currency, wrong = _currency(name, said, value.units, given)
    found = said.or_else(Measure(currency, *_additive(value.apart, given)))
    if value.apart and said.additive:
        over = ", ".join(sorted(each.label for each in value.apart if each.label))
        told = f"{name} does not add up{' over ' * bool(over)}{over}, its contract says it does"
        wrong = wrong or (told, "say the same in the contract: additive, or sum it at a grain where it adds up")
    return found, wrong


def _currency(name: str, said: Measure, units: Ids, given: Relation) -> tuple[str | None, Wrong]:
    if len(units) != 1:
        return None, None  # an amount of none, or of one of several: what the contract says is not judged
    (unit,) = units
    holders = [other for other, value in given.columns.items() if unit in value.holds and other != name]
    code = unit.label if unit.is_constant and _CODE.fullmatch(unit.label) else None
    if said.currency in (*holders, code) and said.currency:
        return said.currency, None
    if said.currency:
        hint = f"its currency is {' or '.join([*holders, *([code] if code else [])])}" if holders or code else _GIVE
        return None, (f"{name} is in {unit.label}, its contract says in {said.currency}", hint)
    if holders or code:
        return holders[0] if holders else code, None
    return None, (f"{name} is an amount in {unit.label}, and no column says so", _GIVE)


_GIVE = "give the currency in a column of its own, or filter one currency"


def _additive(apart: Ids, given: Relation) -> tuple[bool | None, tuple[str, ...]]:
    """How a column adds up: over all but the columns that are there of those it does not add up over."""
    if not apart:
        return None, ()
    names = [_column(each, given) for each in sorted(apart)]
    return False, tuple(name for name in names if name) if all(names) else ()


def _column(one: Id, given: Relation) -> str | None:
    return next((name for name, value in given.columns.items() if one in value.holds), None)
