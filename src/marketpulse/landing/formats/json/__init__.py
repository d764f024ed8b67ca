"""JSON: lines, documents and arrays, pretty or not; a record is handed on as it was written.

source     the bytes of a file, as often as is needed, and its end
form       which of them a file is (kind), and the options of a feed
lines      a text a line
documents  texts that go over lines: cut from the stream (cutting), or read from inside of one (entering)
unfold     texts -> the records in them, by a path through arrays; it knows tokens only, and what is in strings
rows       records with their numbers, for the engine to check
"""

from marketpulse.landing.formats.json.form import Json

FORMAT = Json

__all__ = ["FORMAT", "Json"]
