"""One authored dialect, Spark SQL, and what the platform needs to know of a query.

Text -> `parse` -> `check` -> what it reads (`inputs`, `output_columns`, `column_lineage`)
                           -> the SQL of an engine (`translate`, `condition`, `typed`)
                           -> with its lineage columns (`carry`).
The platform's own SQL takes from here what engines spell differently (`name`, `text`, `json_object`, `bytes_in_url`,
`key_hash`, `in_part`).
"""

from marketpulse.sql.carrying import carry
from marketpulse.sql.checking import check
from marketpulse.sql.conditions import columns_of, condition, typed
from marketpulse.sql.lineage import column_lineage
from marketpulse.sql.parsing import output_columns, parse
from marketpulse.sql.phrases import bytes_in_url, in_part, json_object, key_hash, name, text
from marketpulse.sql.reading import inputs
from marketpulse.sql.translating import translate

__all__ = [
    "bytes_in_url",
    "carry",
    "check",
    "column_lineage",
    "columns_of",
    "condition",
    "in_part",
    "inputs",
    "json_object",
    "key_hash",
    "name",
    "output_columns",
    "parse",
    "text",
    "translate",
    "typed",
]
