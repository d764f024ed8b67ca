"""Bronze -> silver: map, type, check, merge by key; what does not pass is kept in quarantine.

build        the steps, in order
building     one table while it is built
mapping      rows of bronze -> rows of the table, a piece at a time
following    records are mapped again when what they look up has changed
order        which of two rows landed later
merge        of several rows with one key one stays
removal      which rows are gone, as a later delivery lacks them or they say so (claims, endings, kept, keeping)
forgetting   rows made of records that went from bronze go
dropping     rows made of some records go
rejects      rows that a run keeps out
quarantine   what people see of them, and close
chosen       which of them somebody has seen before closing them
fixing       rows corrected by hand
replay       rows tried again once a rule or the SQL is fixed
"""
