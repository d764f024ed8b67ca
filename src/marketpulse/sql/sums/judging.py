"""A query against what the tables it reads promise of their numbers, and against what its own table promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from marketpulse.errors import DefinitionError
from marketpulse.sql.places import Origin, refusal
from marketpulse.sql.reading import table_name
from marketpulse.sql.sums.promises import Measure, Promise
from marketpulse.sql.sums.relation import Relation
from marketpulse.sql.sums.telling import Tell
from marketpulse.sql.sums.value import Id, Ids
from marketpulse.sql.sums.walking import Walk
from marketpulse.sql.sums.words import SIZES, About

_CODE = re.compile(r"[A-Z]{3}")
#: Texts that a query says of a column; what is computed is none.
_TEXT = re.compile(r"[\w-]{1,20}")


@dataclass(frozen=True)
class Sums:
    """What the columns of a query are, by name in lower case, what is wrong with its sums, columns of one text."""

    measures: dict[str, Measure]
    problems: tuple[DefinitionError, ...]
    constants: dict[str, str]


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
    found = _judged(query, promises, promised, Tell(path))
    read = [promises[name] for name in map(table_name, query.find_all(exp.Table)) if name in promises]
    if any(said.unit for promise in read for said in promise.measures.values()):
        sizes = None if promised is None else {name: Measure(said.unit) for name, said in promised.items()}
        units = _judged(query, {n: p.of_units for n, p in promises.items()}, sizes, Tell(path, SIZES))
        measures = {n: replace(each, unit=units.measures[n].currency) for n, each in found.measures.items()}
        found = Sums(measures, (*found.problems, *units.problems), found.constants)
    problems = tuple({(each.place, str(each)): each for each in found.problems}.values())
    return replace(found, problems=problems)


def _judged(
    query: exp.Query, promises: Mapping[str, Promise], promised: Mapping[str, Measure] | None, tell: Tell
) -> Sums:
    """The query as far as numbers of one kind go: those that `tell` is about."""
    given = Walk(promises, tell).query(query, {}, None, is_last=True)
    nodes = {node.alias_or_name.lower(): node for node in query.selects}
    measures: dict[str, Measure] = {}
    for name in nodes if promised is not None else ():
        said = (promised or {}).get(name, Measure())
        measures[name], wrong = _held(name, said, given, tell.about)
        if wrong:
            tell.found.append(refusal(*wrong, node=nodes[name], path=tell.path).of(f"column {name}"))
    return Sums(measures, tuple(tell.found), _constants(given))


def _constants(given: Relation) -> dict[str, str]:
    """Columns that are one text in all rows."""
    texts = {name: [i.label for i in value.holds if i.is_constant] for name, value in given.columns.items()}
    return {name: found[0] for name, found in texts.items() if len(found) == 1 and _TEXT.fullmatch(found[0])}


Wrong = tuple[str, str] | None


def _held(name: str, said: Measure, given: Relation, about: About) -> tuple[Measure, Wrong]:
    """What a column is, by its table's promise and by its query, and how the two differ."""
    value = given.columns.get(name)
    if value is None:
        return said, None
    currency, wrong = _currency(name, said, value.units, given, about)
    found = said.or_else(Measure(currency, *_additive(value.apart, given)))
    if value.apart and said.additive and not value.is_counted:
        over = ", ".join(sorted(each.label for each in value.apart if each.label))
        told = f"{name} does not add up{' over ' * bool(over)}{over}, its contract says it does"
        wrong = wrong or (told, "say the same in the contract: additive, or sum it at a grain where it adds up")
    return found, wrong


def _currency(name: str, said: Measure, units: Ids, given: Relation, about: About) -> tuple[str | None, Wrong]:
    if len(units) != 1:
        return None, None  # an amount of none, or of one of several: what the contract says is not judged
    (unit,) = units
    holders = [other for other, value in given.columns.items() if unit in value.holds and other != name]
    code = [unit.label] if unit.is_constant and _CODE.fullmatch(unit.label) else []
    known = [*holders, *code]
    if said.currency:
        right = said.currency in known or (unit.is_constant and _says_nothing(said.currency, given))
        told = f"{name} is in {unit.label}, its contract says in {said.currency}"
        hint = f"its {about.kind} is {' or '.join(known)}" if known else about.give
        return (said.currency, None) if right else (None, (told, hint))
    if known or (about is SIZES and unit.is_constant):  # one unit for the whole column
        return next(iter(known), None), None
    return None, (f"{name} is {about.one} in {unit.label}, and no column says so", about.give)


def _says_nothing(column: str, given: Relation) -> bool:
    """Whether a column may hold any text: where a setting makes all rows one currency, it holds that one."""
    value = given.columns.get(column)
    return value is not None and not any(each.is_constant for each in value.holds)


def _additive(apart: Ids, given: Relation) -> tuple[bool | None, tuple[str, ...]]:
    """How a column adds up: over all but the columns that are there of those it does not add up over."""
    if not apart:
        return None, ()
    names = [_column(each, given) for each in sorted(apart)]
    return False, tuple(name for name in names if name) if all(names) else ()


def _column(one: Id, given: Relation) -> str | None:
    return next((name for name, value in given.columns.items() if one in value.holds), None)
