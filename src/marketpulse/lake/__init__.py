"""Iceberg tables through PyIceberg, which plans files and commits them.

lake           all tables of a warehouse: create, evolve, commit
table          one table as it was when it was loaded; what changed between two snapshots
commit         the commit that replaces files
certain        a commit whose answer was lost is looked up
durable        what a commit names is on the disk first
datafile       what Iceberg must know of a Parquet file
buckets        files of a table while it is being built
home           where a local warehouse was made and where it lies
catalogfile    its SQLite catalog as a file
metadatafile   a table's metadata files as files
manifests      the paths in manifest lists and manifests
avrofile       an Avro file, read whole or not at all, and written again
trouble        what storage, catalog and damage raise, as errors for people
"""
