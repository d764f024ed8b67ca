"""The data catalogue: one HTML page that needs nothing else, or one a table, for whoever asks what there is.

write      the page into a file, or pages into a folder
facts      what is defined, what the warehouse has         -> Catalog
layout     where each table stands in the lineage picture  -> Layout
picture    the picture as SVG
table      one table
page       the page around them (catalog.css, catalog.js, theme.js)
pages      one a table, and one before them
html       markup that escapes what it shows
"""
