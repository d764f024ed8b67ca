"""Care for a warehouse that exists.

maintain   compact, expire, remove what nobody refers to
diff       compare two warehouses
"""
