"""Streams: messages that are read from where they are kept, in slices that know where they end.

stream   the seam: what a stream says of itself, and a slice of it
kafka    a topic
kinesis  a data stream of AWS
load     the one that a feed names
"""
