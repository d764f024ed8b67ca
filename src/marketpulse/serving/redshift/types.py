"""Contract types in Redshift."""

from __future__ import annotations

from marketpulse.project.contract import Column, Contract
from marketpulse.serving.masking import is_identifier

#: Redshift counts bytes: 16,384 characters, of which it reads no more from Iceberg, have up to four bytes each.
LONG_TEXT = 65_535
#: Identifiers are short; a longer one is refused by the load rather than cut.
IDENTIFIER = 256
#: What SHA-256 gives, written in hexadecimal digits.
PSEUDONYM = "varchar(64)"
_TYPES = {
    "boolean": "boolean",
    "int": "integer",
    "long": "bigint",
    "double": "double precision",
    "date": "date",
    "timestamp": "timestamp",
}


def redshift_type(column: Column, contract: Contract) -> str:
    """Type of a column in a table inside Redshift."""
    if column.type == "string":
        return f"varchar({IDENTIFIER if is_identifier(column, contract) else LONG_TEXT})"
    if column.type.startswith("decimal"):
        return column.type.replace("decimal", "numeric")
    return _TYPES[column.type]
