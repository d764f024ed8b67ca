"""Generates a shop in a process of its own, see run.py."""

from __future__ import annotations

from pathlib import Path

from marketpulse_retail.generate import ShopPlan, generate


def make(plan: ShopPlan, landing: str) -> None:
    """Generate the plan without its truth."""
    generate(plan, Path(landing), None)
