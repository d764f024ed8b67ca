"""What helps a person write the definitions of a feed, before any of its files lands.

trial     what becomes of one file, by the definitions as they are, far from any warehouse
begin     new files: a project, a feed made from a sample, a mart
sample    a file -> columns with values, read by the platform itself (opening, looks, sheets, widths: how; fields)
feed      a sample -> source, mapping, contract (moments, numbers, keys, grouping, personal: what columns are, and why)
"""
