"""What a feed is: where its files land and how their bytes are read (docs/sources.md)."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from pydantic import Field

from marketpulse.project.odcs import Strict
from marketpulse.project.owned import owned
from marketpulse.project.yamlfile import read_yaml


class CsvFormat(Strict):
    """How a CSV file is written."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"
    header: bool = True
    columns: list[str] = []
    quote: str = Field(default='"', min_length=1, max_length=1)
    nulls: list[str] = [""]


class NdjsonFormat(Strict):
    """How the lines of an NDJSON file hold records."""

    encoding: str = "utf-8"
    records: str | None = None


class Source(Strict):
    """One feed. Its bronze table is `bronze.<name>`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    owner: str
    landing: str | None = None
    pattern: str = "*"
    format: Literal["csv", "ndjson", "parquet"]
    required: list[str] = []
    csv: CsvFormat = CsvFormat()
    ndjson: NdjsonFormat = NdjsonFormat()

    @property
    def folder(self) -> str:
        """Folder under the landing zone."""
        return self.landing or self.name

    @property
    def table(self) -> str:
        """Bronze table that keeps the feed."""
        return f"bronze.{self.name}"


def load_source(path: Path) -> Source:
    """Read one source file; raise DefinitionError (file, line, field) when it is wrong."""
    file = read_yaml(path)
    source = file.into(Source)
    if source.name != path.stem:
        raise file.error(f"name is {source.name!r}", ("name",), f"the file name says {path.stem!r}")
    if source.table in owned():
        raise file.error(f"{source.table} is the platform's own table", ("name",), "choose another name")
    folder = Path(source.folder)
    if folder.is_absolute() or ".." in folder.parts:
        raise file.error(f"landing {source.folder!r} leaves the landing zone", ("landing",))
    if source.format == "csv" and not source.csv.header and not source.csv.columns:
        raise file.error("a CSV without a header needs its column names", ("csv",), "list them in csv.columns")
    for part in ("csv", "ndjson"):
        encoding = getattr(source, part).encoding
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise file.error(
                f"unknown encoding {encoding!r}", (part, "encoding"), "for example utf-8, latin-1"
            ) from None
    return source
