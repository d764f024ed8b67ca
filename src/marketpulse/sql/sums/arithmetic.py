"""What is known of a sum, a product or a quotient of two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from marketpulse.sql.sums.value import NONE, Ids, Value


@dataclass(frozen=True)
class Operand:
    """One side of a product; `is_constant` when no column is in it."""

    value: Value
    is_constant: bool = False


def added(left: Value, right: Value) -> Value:
    """Of `left + right`: the currency of the first that has one."""
    units = left.units or right.units
    return Value(
        units=units,
        apart=left.apart | right.apart,
        reads=_reads([left, right]),
        is_scaled=left.is_scaled or right.is_scaled,
        picked=left.picked | right.picked,
        is_counted=left.is_counted or right.is_counted,
    )


def either(values: Sequence[Value], text: Value) -> Value:
    """Of one of several values; `text` says what it is besides an amount."""
    return replace(
        text,
        units=_all(value.units for value in values),
        apart=_all(value.apart for value in values),
        is_scaled=any(value.is_scaled for value in values),
        picked=_all(value.picked for value in values),
        is_counted=any(value.is_counted for value in values),
    )


def product(left: Operand, right: Operand) -> Value:
    """Of `left * right`: an amount times a rate is in a currency that only a contract can say; see `_converted`."""
    amount, factor = (left, right) if left.value.units | left.value.picked else (right, left)
    found = _scaled(amount, factor)
    return replace(found, units=NONE) if factor.value.units else found


def unmeasured(found: Value, left: Operand, right: Operand) -> Value:
    """Of a product or quotient of quantities: weight times price is no weight; only a plain number leaves the unit."""
    return found if left.is_constant or right.is_constant else replace(found, units=NONE, picked=NONE)


def quotient(left: Operand, right: Operand) -> Value:
    """Of `left / right`: an amount divided by a number is one, by an amount it is none."""
    if right.value.units or not left.value.units | left.value.picked:
        apart = left.value.apart if right.is_constant else NONE
        reads = _reads([left.value, right.value])
        return Value(apart=apart, reads=reads, is_scaled=True, is_counted=left.value.is_counted)
    return _scaled(left, right)


def _scaled(amount: Operand, factor: Operand) -> Value:
    """Of an amount times a number. How it adds up is only known where the number is one for all rows."""
    value = amount.value
    units = NONE if _converted(value, factor.value) else value.units
    apart = value.apart if factor.is_constant else factor.value.apart if amount.is_constant else NONE
    picked = value.picked if factor.is_constant else NONE
    reads, is_counted = _reads([value, factor.value]), value.is_counted or factor.value.is_counted
    return Value(units=units, apart=apart, reads=reads, is_scaled=True, picked=picked, is_counted=is_counted)


def _converted(amount: Value, factor: Value) -> bool:
    """Whether a factor was chosen by the currency of the amount: it is a rate."""
    return bool(amount.units & (factor.reads | factor.fixes))


def _reads(values: Iterable[Value]) -> Ids:
    return _all(value.reads | value.fixes for value in values)


def _all(parts: Iterable[Ids]) -> Ids:
    return frozenset(each for part in parts for each in part)
