"""Gold in Redshift, from the contracts alone: SQL statements in order, each of which may run again.

names    identifiers: reserved words, lengths
types    contract types in Redshift
views    what analysts see: one view a gold table over the external schema, personal data masked or left out
marts    copies of the heaviest tables inside Redshift: made, refreshed, unloaded and restored
access   schemas, groups, grants
plan     all of it, in the order in which it runs
"""
