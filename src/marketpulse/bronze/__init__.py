"""Landing -> bronze: each landed file exactly once, every record of it.

ingest     the files of a feed that are new -> their bronze table and the ledger
load       one file -> Parquet, anywhere
"""
