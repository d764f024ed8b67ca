"""Gold in Redshift, from the contracts alone: SQL statements in order, each of which may run again.

names    identifiers: reserved words, lengths
types    contract types in Redshift
copies   what analysts see: one copy a gold table, personal data masked or left out; made, unloaded and restored
access   schemas, groups, grants
plan     all of it, in the order in which it runs
"""
