"""Dialects: one file a family of clients. Each says which key a request shows, and its events in the common form.

The common form is Segment's, which three families speak. The others are translated here, and each event of theirs
carries what came as `received`: nothing that a translation leaves out is lost, and a feed may read it instead.
"""
