"""What every step of one run shares.

context    settings, project, lake, engine, identity, locks, progress
work       what must be built, and why
rules      what a contract promises, as SQL and as sentences
report     what a run did
"""
