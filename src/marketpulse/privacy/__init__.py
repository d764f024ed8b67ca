"""What people ask about themselves: to be forgotten, to be told what is known; and who did what on the way.

erase      a person goes, from every table and every kept snapshot
export     all that is known of a person
tracing    where a person is: records, rows, landed files, mentions
audit      who erased, exported, replayed, fixed or discarded, when and why
"""
