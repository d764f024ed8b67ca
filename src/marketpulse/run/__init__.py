"""What every step of one run shares.

context    settings, project, lake, engine, identity, progress
retained   what a process that runs again and again need not find out anew
locks      who builds a table, which runs are alive
work       what must be built, and why
rules      what a contract promises, as SQL and as sentences
report     what a run did
log        the same, and how it got there, as lines of JSON
ledger     what every run did: the run ledger
validate   a whole project without data (empty: its tables without a row; fitting, implicit: types)
append     rows of this process, added to a ledger
"""
