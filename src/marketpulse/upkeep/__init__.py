"""Care for a warehouse that exists.

maintain   compact, expire, remove what nobody refers to
purge      a table is what it is now, and nothing of what it was
diff       compare two warehouses
move       a copied or moved folder becomes a warehouse of its own
repair     a lost catalog comes back from the tables' folders
           (survey: what a folder has; newest: its newest complete metadata; rewriting: paths; folders)
"""
