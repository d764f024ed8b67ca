"""What people ask about themselves: to be forgotten, to be told what is known; and who did what on the way.

erase      a person goes, from every table and every kept snapshot
retention  what is older than it may be kept goes
export     all that is known of a person
tracing    where a person is: records, rows
mentions   texts of other rows that say a name
landed     files of the landing zone that hold a person
secret     what keys the list is succeeded, or destroyed
audit      who erased, exported, replayed, fixed or discarded, when and why
"""
