"""Who a record is of, and who has been erased: what ingest asks of every record, and an erasure of all of them.

erased     the list of erased people: keyed hashes, no names
secrets    what keys them
audit      who erased, exported, replayed, corrected, discarded or took back what
words      what in a text may be a name
named      records of a feed with the names that silver's mappings read in them
finding    which records are of whom, and which names are of one person
shield     records of erased people, kept out of what is about to be ingested
pending    a warehouse that has not caught up with the list is not built on
"""
