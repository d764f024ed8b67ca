"""The words of the platform: layers, lineage columns, keys of a snapshot's summary."""

from __future__ import annotations

LAYERS = ("bronze", "silver", "gold")
INGEST_ID, INGESTED_AT, BATCH_ID = "_ingest_id", "_ingested_at", "_batch_id"
SOURCE_FILE, SOURCE_ROW = "_source_file", "_source_row"
#: Lineage columns of every bronze and silver row, with their types.
LINEAGE = {
    INGEST_ID: "string",
    INGESTED_AT: "timestamp",
    BATCH_ID: "string",
    SOURCE_FILE: "string",
    SOURCE_ROW: "long",
}
#: A record of a JSON feed, and what the line around it says.
JSON_COLUMNS = ("raw", "envelope")
#: Bronze only: the element of the array that a record was taken from.
ITEM = "_item"
#: Bronze only: why a record could not be read, and its text.
ERROR, MALFORMED = "_error", "_malformed"
#: What bronze has besides lineage, with its types.
LANDED = {ITEM: "long", ERROR: "string", MALFORMED: "string"}
#: What each column that the platform adds says.
WORDS = {
    JSON_COLUMNS[0]: "The record as received.",
    JSON_COLUMNS[1]: "What stands around the record: its document, in which each array on the way is the one element.",
    INGEST_ID: "Delivery (name and content of the file) and place of the record in it: one row, one id.",
    INGESTED_AT: "When the record was brought in (UTC): later than all its feed brought before.",
    BATCH_ID: "Run that brought the record in.",
    SOURCE_FILE: "File, as a path inside the landing zone.",
    SOURCE_ROW: "Record of the file, from 1.",
    ITEM: "Place of the record in the array that `records` names, from 1; null for one that is in none.",
    ERROR: "Why the record could not be read; null for a readable one.",
    MALFORMED: "Text of a record that could not be read.",
}
#: What tells where and when a row landed; `silver.order` makes the order of deliveries of it.
LANDED_ORDER = (SOURCE_FILE, INGESTED_AT, SOURCE_ROW, INGEST_ID)

PREFIX = "marketpulse."
BATCH_KEY = PREFIX + "batch-id"
FINGERPRINT_KEY = PREFIX + "model-fingerprint"
#: The project whose definitions a table was built with.
PROJECT_KEY = PREFIX + "project"
#: Where the rows of the ledger lie that belong to a bronze commit.
OUTBOX_KEY = PREFIX + "landed"
#: Columns of the kinds of files that a feed has had, as JSON.
SHAPES_KEY = PREFIX + "shapes"
#: Where what a silver table keeps beside its rows lies, a property a kind.
KEPT_KEY = PREFIX + "kept."
#: The last run that wrote to quarantine for a table: of quarantine, by the table; of the table, that it has heard.
TOLD_KEY = PREFIX + "told"
MAINTENANCE_KEY = PREFIX + "maintenance"
#: Of a bronze table: the number of the last erasure that it has caught up with.
ERASED_KEY = PREFIX + "erased"
#: Key columns, by name with commas: a file then says between which keys its rows lie.
KEY_KEY = PREFIX + "key"
INPUT_KEY = PREFIX + "input."
#: Of a bronze table: how far a stream was read, by its identity; and which stream that is now.
OFFSETS_KEY, STREAM_KEY = PREFIX + "offsets.", PREFIX + "stream"
#: Of the run ledger: each table's snapshot as of the last finished state, which is what readers see.
FINISHED_KEY = PREFIX + "finished"

QUARANTINE = "silver.quarantine"
LANDED_FILES = "bronze.landed_files"
FLOW_RUNS = "bronze.flow_runs"
#: How the names of files begin that came in by the door: anybody may post what they hold.
DOOR_FILES = "door-"
