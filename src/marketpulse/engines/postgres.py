"""Functions of Postgres that BI tools write into every query, and the engine has not."""

from __future__ import annotations

_DAY = "YYYY-MM-DD"
_MOMENTS = (f"{_DAY} HH24:MI:SS.US", f"{_DAY} HH24:MI:SS.MS", f"{_DAY} HH24:MI:SS", _DAY)
_KNOWN = ", ".join(f"'{each}'" for each in _MOMENTS)
#: Statements that make them. Of formats they know the one that says the same everywhere; any other is an error.
FUNCTIONS = (
    f"create macro to_date(t, f) as case when f = '{_DAY}' then cast(t as date)"
    f" else error('to_date knows {_DAY} alone') end",
    "create macro to_timestamp(t) as system.main.to_timestamp(t),"
    f" (t, f) as case when f in ({_KNOWN}) then cast(t as timestamp)"
    f" else error('to_timestamp knows {_MOMENTS[0]} and what it begins with') end",
)
