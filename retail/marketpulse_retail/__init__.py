"""The retail pack: a shop with stores, a web shop and an app.

generate    a seeded shop: landing files, and the truth about them
"""
