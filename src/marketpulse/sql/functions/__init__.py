"""The allow-list: every Spark function a model may use, and its equal in DuckDB."""

from __future__ import annotations

from marketpulse.sql.function import FUNCTIONS, Function, UnsupportedError
from marketpulse.sql.functions.aggregates import AGGREGATES, WINDOWS
from marketpulse.sql.functions.dates import DATES
from marketpulse.sql.functions.nested import NESTED
from marketpulse.sql.functions.numbers import NUMBERS
from marketpulse.sql.functions.refused import REFUSED
from marketpulse.sql.functions.text import TEXT
from marketpulse.sql.functions.zones import ZONES

for _table in (NUMBERS, TEXT, DATES, ZONES, NESTED, AGGREGATES, WINDOWS):
    FUNCTIONS.update(_table)

__all__ = ["FUNCTIONS", "REFUSED", "Function", "UnsupportedError"]
