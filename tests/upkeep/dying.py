"""Kill a move at its writes and move again: the copy is refused until it is whole, the original never changes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from marketpulse.errors import StorageError
from marketpulse.upkeep.move import move
from tests.ready import ready
from tests.shop import MiniShop
from tests.upkeep.warehouses import everything, paths, tree

_ROOT = Path(__file__).parents[2]


def survives(original: MiniShop, copy: MiniShop, moments: Iterable[int]) -> None:
    """Move a copy, dying at each of some writes on top of what the one before left; then move it to the end."""
    said, was = everything(original), tree(original.settings.warehouse)
    for number in moments:
        assert die_at(copy.settings.warehouse, number) is None
        with pytest.raises(StorageError, match="was made in"):
            copy.rows("silver.sales")
        assert tree(original.settings.warehouse) == was
    assert move(copy.settings.warehouse).tables
    assert everything(copy) == said
    assert all(path.startswith(f"{copy.settings.warehouse}/") for path in paths(copy))
    assert tree(original.settings.warehouse) == was


def die_at(warehouse: Path, number: int) -> int | None:
    """Move in a process of its own that ends at its n-th write; None, or how many writes there were to its end."""
    command = [str(ready() / "tests.upkeep.doomed_move"), str(warehouse), str(number)]
    done = subprocess.run(command, cwd=_ROOT, check=False, stdout=subprocess.PIPE, text=True)
    assert done.returncode in (0, 9)
    return int(done.stdout) if done.returncode == 0 else None
