"""Files that dice make, in each format, with what a reference reader reads of them.

case       a file with what must come of it, and the check of it
packing    packed, cut and damaged as files are on their way
texts      values as people have them
csv json fixed_width xml avro parquet excel     a format each: `generate(dice)`
"""
