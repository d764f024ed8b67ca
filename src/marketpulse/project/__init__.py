"""Definitions: what a project folder says of feeds and tables.

project    a whole project, in the order in which its tables are built
packs      projects that are installed and found by name
source     a feed: where its files land, how they are read
contract   a table: columns, keys, rules, merging
owned      the tables that every project has: contracts in platform/
odcs       the file format of contracts
yamlfile   a YAML file and the line of each value in it
lineage    what a table or column is made from
"""
