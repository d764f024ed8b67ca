"""The formats that files may have, one file (or folder) each; `sources/<feed>.yaml` names one.

A module here that defines `FORMAT`, a kind of `marketpulse.landing.format.Format`, is a format under its own name.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from marketpulse.landing.format import Format

#: Names that formats had in releases before.
_OLDER = {"ndjson": "json"}


@cache
def format_names() -> tuple[str, ...]:
    """The name of every format, and those of releases before."""
    return tuple(sorted({*(found.name for found in iter_modules(__path__)), *_OLDER}))


@cache
def format_called(name: str) -> type[Format]:
    """The format of a name: a project pays for those that its feeds have."""
    found: type[Format] = import_module(f"{__name__}.{_OLDER.get(name, name)}").FORMAT
    return found
