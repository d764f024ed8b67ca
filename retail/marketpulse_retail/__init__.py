"""The retail pack: a shop with stores, a web shop and an app.

commands    generate and demo, commands of `marketpulse`
generate    a seeded shop: landing files, and the truth about them
"""

from __future__ import annotations

from pathlib import Path

from marketpulse.project.packs import Pack

_HERE = Path(__file__).parent
#: A wheel carries the definitions beside this file (pyproject.toml); in a checkout they are the folder around it.
PACK = Pack("retail", _HERE / "lakehouse" if (_HERE / "lakehouse").is_dir() else _HERE.parent)
