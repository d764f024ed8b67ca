"""Constants that no engine takes, or that would take all of its memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from marketpulse.sql.authored import name_of

#: What is wrong, and what to do instead.
Told = tuple[str, str | None] | None
#: Letters that a text may be filled up to, or elements that a sequence of constants may have.
MOST = 1_000_000


def wrong_constant(name: str, arguments: Sequence[exp.Expr]) -> Told:
    """What is wrong with the constants in a call.

    >>> wrong_constant("repeat", [exp.column("s"), exp.Literal.number(2_000_000)])
    ('repeat() of 2,000,000', 'at most 1,000,000')
    """
    rule = _RULES.get(name)
    return rule(name, arguments) if rule else None


def ends_in_escape(pattern: exp.Expr) -> bool:
    """Whether the literal pattern of `like` ends within an escape."""
    if not (isinstance(pattern, exp.Literal) and pattern.is_string):
        return False
    text = str(pattern.this)
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def may_be_large(query: exp.Expr) -> bool:
    """Whether a call takes a number that is no constant for how much it gives."""
    calls = (call for call in query.find_all(exp.Anonymous) if name_of(call) in _SIZED)
    return any(_number(argument) is None for call in calls for argument in call.expressions[_SIZED[name_of(call)]])


def _number(node: exp.Expr) -> int | None:
    if isinstance(node, exp.Neg):
        value = _number(node.this)
        return None if value is None else -value
    return int(node.this) if isinstance(node, exp.Literal) and node.is_int else None


def _filled(name: str, arguments: Sequence[exp.Expr]) -> Told:
    count = _number(arguments[1])
    if count is not None and count > MOST:
        return f"{name}() of {count:,}", f"at most {MOST:,}"
    if len(arguments) > 2 and isinstance(arguments[2], exp.Literal) and not arguments[2].this:
        return f"{name}() has nothing to fill up with", f"{name}(…, …, '0')"
    return None


def _sequence(name: str, arguments: Sequence[exp.Expr]) -> Told:
    ends = [_number(argument) for argument in arguments]
    if None in ends or len(ends) not in (2, 3):
        return None
    first, last, step = [int(end or 0) for end in (*ends, 1)[:3]]
    count = abs(last - first) // max(1, abs(step)) + 1
    return (f"{name}() of {count:,} elements", f"at most {MOST:,}") if count > MOST else None


def _from_one(place: int) -> Callable[[str, Sequence[exp.Expr]], Told]:
    def rule(name: str, arguments: Sequence[exp.Expr]) -> Told:
        count = _number(arguments[place]) if len(arguments) > place else None
        return None if count is None or count > 0 else (f"{name}() of {count}", "it counts from 1")

    return rule


_RULES: dict[str, Callable[[str, Sequence[exp.Expr]], Told]] = {
    "lpad": _filled,
    "nth_value": _from_one(1),
    "ntile": _from_one(0),
    "repeat": _filled,
    "rpad": _filled,
    "sequence": _sequence,
}
#: Which arguments of a call say how much it gives.
_SIZED = {"lpad": slice(1, 2), "repeat": slice(1, 2), "rpad": slice(1, 2), "sequence": slice(0, 3)}
