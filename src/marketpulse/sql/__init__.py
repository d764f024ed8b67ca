"""One authored dialect, Spark SQL, and what the platform needs to know of a query.

Text -> `parse` -> `with_settings` -> `check` -> what it reads (`inputs`, `output_columns`, `column_lineage`)
                           -> the SQL of an engine (`translate`, `condition`, `measured`)
                           -> with its lineage columns (`carry`), going on where a value stops it (`tolerant`).
The platform's own SQL takes what engines spell differently from the engine's `Dialect`.
"""

from marketpulse.sql.arguments import may_be_large
from marketpulse.sql.arrays import NO_ARRAY
from marketpulse.sql.carrying import carry
from marketpulse.sql.checking import check
from marketpulse.sql.conditions import check_condition, columns_of, condition, parsed_condition
from marketpulse.sql.dialect import Dialect
from marketpulse.sql.duckdb import DUCKDB
from marketpulse.sql.exploding import ELEMENT, array_of, is_part, item_of, record_id, record_of, row_wise, unfolded
from marketpulse.sql.grouped import PLACED, Groups, as_grouped
from marketpulse.sql.lineage import column_lineage
from marketpulse.sql.listing import listed, with_lists
from marketpulse.sql.lookups import (
    Lookup,
    check_lookups,
    keyed,
    looked_columns,
    lookups_of,
    record_called,
    unqualified,
    without_lookups,
)
from marketpulse.sql.measures import MEASURED, measure, measured
from marketpulse.sql.mentions import mentioned
from marketpulse.sql.parsing import output_columns, parse
from marketpulse.sql.places import place_in, refusal
from marketpulse.sql.reading import inputs, misread
from marketpulse.sql.references import LAYER as REFERENCE
from marketpulse.sql.references import is_reference, relation, rows_as_text, with_references
from marketpulse.sql.resolving import unresolved
from marketpulse.sql.settings import Value, settings_of, with_settings
from marketpulse.sql.spark import SPARK
from marketpulse.sql.tolerating import Unfit, tolerant
from marketpulse.sql.translating import translate
from marketpulse.sql.uses import text_uses
from marketpulse.sql.written import Written, as_written, mark_of

#: Every dialect by what people call it.
DIALECTS: dict[str, Dialect] = {dialect.label: dialect for dialect in (DUCKDB, SPARK)}


def bytes_in_url(value: str) -> str:
    """How long a text is where each byte but letters, digits and `-_.~` is written as `%XX`."""
    alike = f"replace(replace(replace(url_encode({value}), '+', '%20'), '*', '%2A'), '%7E', '~')"
    return f"length({alike})"


__all__ = [
    "DIALECTS",
    "DUCKDB",
    "ELEMENT",
    "MEASURED",
    "NO_ARRAY",
    "PLACED",
    "REFERENCE",
    "SPARK",
    "Dialect",
    "Groups",
    "Lookup",
    "Unfit",
    "Value",
    "Written",
    "array_of",
    "as_grouped",
    "as_written",
    "bytes_in_url",
    "carry",
    "check",
    "check_condition",
    "check_lookups",
    "column_lineage",
    "columns_of",
    "condition",
    "inputs",
    "is_part",
    "is_reference",
    "item_of",
    "keyed",
    "listed",
    "looked_columns",
    "lookups_of",
    "mark_of",
    "may_be_large",
    "measure",
    "measured",
    "mentioned",
    "misread",
    "output_columns",
    "parse",
    "parsed_condition",
    "place_in",
    "record_called",
    "record_id",
    "record_of",
    "refusal",
    "relation",
    "row_wise",
    "rows_as_text",
    "settings_of",
    "text_uses",
    "tolerant",
    "translate",
    "unfolded",
    "unqualified",
    "unresolved",
    "with_lists",
    "with_references",
    "with_settings",
    "without_lookups",
]
