"""Readers of what was built: people's queries, the status of the tables, the catalogue."""
