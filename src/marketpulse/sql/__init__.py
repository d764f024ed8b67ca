"""One authored dialect, Spark SQL, and what the platform needs to know of a query.

Text -> `parse` -> `check` -> what it reads (`inputs`, `output_columns`, `column_lineage`)
                           -> the SQL of an engine (`translate`, `condition`, `typed`)
                           -> with its lineage columns (`carry`).
"""

from marketpulse.sql.carrying import carry
from marketpulse.sql.checking import check
from marketpulse.sql.conditions import columns_of, condition, typed
from marketpulse.sql.lineage import column_lineage
from marketpulse.sql.parsing import output_columns, parse
from marketpulse.sql.reading import inputs
from marketpulse.sql.translating import translate

__all__ = [
    "carry",
    "check",
    "column_lineage",
    "columns_of",
    "condition",
    "inputs",
    "output_columns",
    "parse",
    "translate",
    "typed",
]
