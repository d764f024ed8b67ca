"""Files of a project folder that nobody reads, though they look like definitions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from marketpulse.errors import DefinitionError
from marketpulse.names import LAYERS
from marketpulse.project.boards import FOLDER as BOARDS
from marketpulse.project.headlines import FILE
from marketpulse.project.metrics import FOLDER as METRICS
from marketpulse.project.packs import PROJECT_FILE
from marketpulse.project.queries import CALLED, NAME
from marketpulse.project.queries import FOLDER as QUERIES

_ENDS = (".yaml", ".yml", ".sql")
_ROOT = (PROJECT_FILE, FILE)
_SOURCES = "sources"
#: Folders whose files are read whatever they are called.
_FLAT = (_SOURCES, METRICS, BOARDS)
#: Folders of the flow's own files: very many lie there, and none is a definition.
_DATA = ("landing", "warehouse", "node_modules")
#: Levels below a project folder that are looked into.
_MOST_DEEP = 4
_BELONGS = {
    _SOURCES: "a feed is sources/<feed>.yaml",
    METRICS: "metrics stand in metrics/<any>.yaml",
    BOARDS: "a board is boards/<name>.yaml",
    "bronze": "a bronze table has the columns of its feed: say how it is read in sources/<feed>.yaml",
    "silver": "a table is silver/<table>/contract.yaml with a from_<feed>.sql for each feed",
    "gold": "a table is gold/<table>/contract.yaml with model.sql",
}


def strays(folders: Sequence[Path]) -> tuple[list[DefinitionError], list[DefinitionError]]:
    """What lies in a folder of definitions and is none (errors), and what may have been meant as one (warnings)."""
    errors: list[DefinitionError] = []
    warnings: list[DefinitionError] = []
    for folder in folders:
        for path in _files(folder):
            parts = path.relative_to(folder).parts
            if _is_read(parts):
                continue
            if parts[0] in _BELONGS:
                errors.append(DefinitionError("nobody reads this file", where=path, hint=_BELONGS[parts[0]]))
            elif hint := _meant(parts):
                warnings.append(DefinitionError("nobody reads this file", where=path, hint=hint))
    return errors, warnings


def _files(folder: Path) -> Iterator[Path]:
    """Files that look like definitions, in the order of their names; hidden folders are none of ours."""
    for root, names, files in os.walk(folder):
        depth = len(Path(root).relative_to(folder).parts)
        names[:] = sorted(n for n in names if depth < _MOST_DEEP and not n.startswith((".", "_")) and n not in _DATA)
        yield from (Path(root, name) for name in sorted(files) if name.endswith(_ENDS) and not name.startswith("."))


def _is_read(parts: Sequence[str]) -> bool:
    """Whether somebody reads a file, or tells that it is misspelt."""
    if len(parts) == 1:
        return parts[0] in _ROOT
    if len(parts) == 2 and parts[0] == QUERIES:
        return NAME.fullmatch(parts[1].removesuffix(".sql")) is not None
    if len(parts) == 2:
        return (parts[0] == _SOURCES and not parts[1].endswith(".sql")) or (
            parts[0] in (METRICS, BOARDS) and parts[1].endswith(".yaml")
        )
    is_contract = parts[0] in LAYERS and Path(parts[2]).stem == "contract"
    return len(parts) == 3 and parts[0] not in _FLAT and (parts[2].endswith(".sql") or is_contract)


def _meant(parts: Sequence[str]) -> str | None:
    if parts[0] == QUERIES:
        return f"a saved query is {QUERIES}/<name>.sql, called by {CALLED}"
    known = _ROOT if len(parts) == 1 else (*_FLAT, *LAYERS)
    if close := get_close_matches(parts[0], known, n=1, cutoff=0.75):
        return f"did you mean {close[0]}{'/' * (len(parts) > 1)}?"
    return "a query belongs in silver/<table>/ or gold/<table>/" if parts[-1].endswith(".sql") else None
