"""Parquet: every column as text, lists and structs as JSON.

form       a file, within its limits, as records
texts      values of any type as text
weights    how many bytes of text a row is
pages      what a file will ask of its reader, before any of it is unpacked
"""

from marketpulse.landing.formats.parquet.form import Parquet

FORMAT = Parquet

__all__ = ["FORMAT", "Parquet"]
