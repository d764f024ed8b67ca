"""Avro object container files: each field as text, what is nested as JSON.

form       a file, block by block, as records
blocks     the blocks of a file: one that is damaged is told, and the next is found
values     a schema -> how a record is decoded, and its values as text
moments    dates and times as text
"""

from marketpulse.landing.formats.avro.form import Avro

FORMAT = Avro

__all__ = ["FORMAT", "Avro"]
