"""Iceberg tables through PyIceberg, which plans files and commits them.

lake       all tables of a warehouse: create, evolve, commit
table      one table as it was when it was loaded; what changed between two snapshots
commit     the commit that replaces files
datafile   what Iceberg must know of a Parquet file
buckets    files of a table while it is being built
"""
