"""Charts as numbers for SVG: what stands where, in parts of the drawing; templates draw them.

Shapes are in a box of 1,000 by 1,000 that is stretched, words stand at percentages beside them and keep their size.
"""
