"""Agents: what a program that talks may ask of a warehouse, by the Model Context Protocol; it changes nothing."""
