"""A shop that is open now: visitors come, look and buy, and their clients post to a door as real ones do.

visitors (what a visit does) -> clients (what their libraries put on the wire) -> posting (at a rate, until it is kept)
"""
