"""What is known of a `case`: of one of several values, each chosen by a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketpulse.sql.sums.value import NONE, Id, Ids, Value


@dataclass(frozen=True)
class Branch:
    """A value, and its condition: what is equal where it holds, and what it reads."""

    value: Value
    equal: tuple[tuple[Id, Id], ...] = ()
    reads: Ids = NONE


def chosen(branches: Sequence[Branch]) -> Value:
    """Of a `case`. Where it asks for the currency of an amount and multiplies, it converts: into what is not known."""
    asked = frozenset(each for branch in branches for each in branch.reads)
    values = [_where_it_holds(branch) for branch in branches]
    units = frozenset(each for value in values for each in value.units)
    converts = any(branch.value.is_scaled and branch.value.units & asked for branch in branches)
    if converts:
        units = frozenset(each for value in values if not value.is_scaled for each in value.units - asked)
    alike = _alike(branches)
    return Value(
        holds=alike,
        fixes=alike,
        units=units,
        apart=frozenset(each for value in values for each in value.apart),
        reads=asked | frozenset(each for value in values for each in value.reads | value.fixes),
        is_scaled=any(value.is_scaled for value in values),
        picked=frozenset(each for value in values for each in value.picked),
        is_counted=any(value.is_counted for value in values),
    )


def _where_it_holds(branch: Branch) -> Value:
    """The value, where its condition says in which currency it is, or of which part."""
    others = dict(branch.equal) | {other: one for one, other in branch.equal if not other.is_constant}
    return replace(
        branch.value,
        units=frozenset(others.get(each, each) for each in branch.value.units),
        apart=frozenset(others.get(each, each) for each in branch.value.apart),
        picked=frozenset(others.get(each, each) for each in branch.value.picked),
    )


def _alike(branches: Sequence[Branch]) -> Ids:
    """What it has the value of whatever the condition."""
    holds = [branch.value.holds for branch in branches]
    return frozenset.intersection(*holds) if holds else NONE
