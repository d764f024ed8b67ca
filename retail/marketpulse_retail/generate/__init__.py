"""A seeded shop: landing files as stores and clients would send them, and the planted truth beside them.

    ShopPlan -> World (products, prices, customers) -> per day: visits -> orders -> what is told of them later
             -> sales lines, receipts, changes, rates, costs
             -> landing files (with dirt)            -> truth/ (what a perfect pipeline must find)

What is planted where: retail/README.md. Each day has its own random streams, so a longer plan extends a shorter one
byte for byte.
"""

from marketpulse_retail.generate.plan import Generated, ShopPlan
from marketpulse_retail.generate.shop import generate

__all__ = ["Generated", "ShopPlan", "generate"]
