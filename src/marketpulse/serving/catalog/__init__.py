"""The data catalogue: one HTML page that needs nothing else, for whoever asks what there is.

write      the page into a file
facts      what is defined, what the warehouse has         -> Catalog
layout     where each table stands in the lineage picture  -> Layout
picture    the picture as SVG
table      one table
page       the page around them (catalog.css, catalog.js)
html       markup that escapes what it shows
"""
