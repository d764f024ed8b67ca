"""What helps a person write the definitions of a feed, before any of its files lands.

trial     what becomes of one file, by the definitions as they are, far from any warehouse
alone     the part of a project that reads one feed
"""
