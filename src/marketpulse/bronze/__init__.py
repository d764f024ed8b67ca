"""Landing -> bronze: each landed file exactly once, every record of it.

ingest     the files of a feed that are new -> their bronze table and the ledger
deliveries what is news: which bytes, for what, under which name
load       one file -> Parquet, anywhere
takeback   what came in under a name goes again
forgetting records of people who were erased go, and stay out
overdue    what was expected by now and is not there
"""
