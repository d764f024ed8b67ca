"""How a CSV file is written."""

from __future__ import annotations

from pydantic import Field

from marketpulse.strict import Strict


class CsvOptions(Strict):
    """How a CSV file is written."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    header: bool = True
    columns: list[str] = []
    quote: str = Field(default='"', min_length=1, max_length=1)
    nulls: list[str] = [""]
