"""Time zones by their names in the IANA database: those that every engine knows, and no other.

Engines differ in what else they take for a zone (Java reads '+05:30' and refuses 'europe/berlin', DuckDB the other
way round), and end a whole query on a name they do not know. Here such a name in a column gives null.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

from sqlglot import exp

from marketpulse.sql.function import FROM_SETTING, UnsupportedError, literal, quoted

_FILE = Path(__file__).with_name("zones.txt")


@cache
def zone_names() -> tuple[str, ...]:
    """Every name that may stand for a zone, in order.

    >>> [name for name in zone_names() if name.startswith("Australia/L")]
    ['Australia/LHI', 'Australia/Lindeman', 'Australia/Lord_Howe']
    """
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


def known_zone(argument: exp.Expr) -> str:
    """Name that a literal says. Raise UnsupportedError with the nearest one when no zone is called so."""
    name = literal(argument, "time zone")
    if name in zone_names():
        return name
    setting = argument.meta.get(FROM_SETTING)
    said = f"setting {setting}: {name!r}" if setting else repr(name)
    raise UnsupportedError(f"{said} is not the name of a time zone", nearest_zone(name))


def nearest_zone(name: str) -> str:
    """What to write instead of a name that no zone has."""
    by_case = {zone.lower(): zone for zone in zone_names()}
    close = get_close_matches(name.lower(), by_case, n=1)
    return f"did you mean {by_case[close[0]]}?" if close else "write a name such as Europe/Berlin, or UTC"


def duckdb_zone(argument: exp.Expr, text: str) -> str:
    """DuckDB's text of a zone: a literal that is known, or what a column says where that is known, else null."""
    if _is_text(argument):
        return quoted(known_zone(argument))
    # An enum is a hash table: a tenth of the time that `in (…)` takes.
    names = ", ".join(quoted(name) for name in zone_names())
    return f"cast(try_cast(cast({text} as varchar) as enum({names})) as varchar)"


def spark_zone(argument: exp.Expr) -> exp.Expr:
    """Spark's tree of a zone, in the same way."""
    if _is_text(argument):
        return argument
    known = exp.In(this=argument.copy(), expressions=[exp.Literal.string(name) for name in zone_names()])
    return exp.Case(ifs=[exp.If(this=known, true=argument.copy())])


def _is_text(argument: exp.Expr) -> bool:
    return isinstance(argument, exp.Literal) and bool(argument.is_string)
