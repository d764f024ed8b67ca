"""What every step of one run shares.

context    settings, project, lake, engine, identity, progress
locks      who builds a table, which runs are alive
work       what must be built, and why
rules      what a contract promises, as SQL and as sentences
report     what a run did
ledger     what every run did: the run ledger
append     rows of this process, added to a ledger
"""
