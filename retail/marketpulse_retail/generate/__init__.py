"""A seeded shop: landing files as stores and clients would send them, and the planted truth beside them.

    ShopPlan -> World (products, customers, stores) -> per day: clicks + online orders -> sales, changes
             -> landing files (with dirt)             -> truth/ (what a perfect pipeline must find)

Each day has its own random streams, so a longer plan extends a shorter one byte for byte.
"""

from marketpulse_retail.generate.plan import Generated, ShopPlan
from marketpulse_retail.generate.shop import generate

__all__ = ["Generated", "ShopPlan", "generate"]
