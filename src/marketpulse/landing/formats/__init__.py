"""The formats that files may have, one file (or folder) each; `sources/<feed>.yaml` names one.

A module here that defines `FORMAT`, a kind of `marketpulse.landing.format.Format`, is a format under its own name.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from marketpulse.landing.format import Format


@cache
def formats() -> dict[str, type[Format]]:
    """Every format by its name."""
    return {found.name: import_module(f"{__name__}.{found.name}").FORMAT for found in iter_modules(__path__)}
