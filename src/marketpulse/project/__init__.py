"""Definitions: what a project folder says of feeds and tables.

project        a whole project, in the order in which its tables are built, and all that is wrong with it
packs          projects that are installed and found by name
folders        a project's own files over those it extends
source         a feed: where its files land, how they are read
contract       a table: columns, keys, rules, merging
short          a short contract -> the long one (shortcolumns, shortrules; yamlmade: nodes that nobody wrote)
contractfile   contract.yaml: odcs (the file format), columns and numbers, quality (its rules), extensions and history
owned          the tables that every project has: contracts in platform/
table          a contract and the queries that fill it
headlines      the questions a project answers every morning
reading        files -> feeds and tables
strays         files that nobody reads, though they look like definitions
ordering       what tables read of one another
adding         whether models add up what adds up
problems       what is wrong, by feed and table
checking       whether the columns that queries read are there
lineage        what a table or column is made from
yamlfile       a YAML file and the place of each value in it (yamlnodes, textfile: whatever else a file may be)
fields         what is wrong with the values of such a file, in sentences
"""
