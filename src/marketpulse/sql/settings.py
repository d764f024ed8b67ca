"""Settings of a project in its SQL: `setting('session_gap_minutes')` stands for the value that project.yaml gives."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from sqlglot import exp

from marketpulse.errors import Problems
from marketpulse.sql.authored import name_of
from marketpulse.sql.function import FROM_SETTING
from marketpulse.sql.places import refusal

#: What a setting may be.
Value = bool | int | float | str
_CALL = "setting"
#: What a value is in a query: a number below 0 is a minus before its literal.
_VALUES = (exp.Literal, exp.Boolean, exp.Neg)


def with_settings(query: exp.Query, settings: Mapping[str, Value], path: Path | None = None) -> exp.Query:
    """The query with a literal in the place of each setting. Raise DefinitionError for one that is not there.

    >>> from marketpulse.sql import parse
    >>> query = parse("select pause > setting('gap_minutes') * 60 as is_new from silver.visits")
    >>> with_settings(query, {"gap_minutes": 30}).sql("spark")
    'SELECT pause > 30 * 60 AS is_new FROM silver.visits'
    """
    if not any(name_of(call) == _CALL for call in query.find_all(exp.Anonymous)):
        return query
    copy = query.copy()
    problems = Problems()
    for call in [call for call in copy.find_all(exp.Anonymous) if name_of(call) == _CALL]:
        with problems.told():
            name = _name(call, settings, path)
            value = _literal(settings[name])
            value.meta[FROM_SETTING] = name
            call.replace(value)
    problems.stop()
    return copy


def settings_of(query: exp.Query) -> set[str]:
    """Names of the settings whose values stand in a query.

    >>> from marketpulse.sql import parse
    >>> settings_of(with_settings(parse("select setting('gap') as gap from silver.visits"), {"gap": 30}))
    {'gap'}
    """
    return {value.meta[FROM_SETTING] for value in query.find_all(*_VALUES) if FROM_SETTING in value.meta}


def _name(call: exp.Anonymous, settings: Mapping[str, Value], path: Path | None) -> str:
    given = call.expressions
    if len(given) != 1 or not isinstance(given[0], exp.Literal) or not given[0].is_string:
        raise refusal("setting() takes one name", "write setting('name')", node=call, path=path)
    name = str(given[0].this)
    if name not in settings:
        close = get_close_matches(name, settings, n=1)
        known = f"did you mean {close[0]}?" if close else "project.yaml has no such line under settings"
        raise refusal(f"there is no setting {name!r}", known, node=call, path=path)
    return name


def _literal(value: Value) -> exp.Expr:
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)
