"""A shop that is built once and as it was for each test: a copy of its warehouse goes back to the same place.

Tables know their place, and what landed is known by its time of change: landed files stay where they are, only what a
test has landed besides goes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from copy import copy
from pathlib import Path

from tests.shop import MiniShop


class Kept:
    """A shop below `root`, made by `build`; `aside` has the copy of its warehouse and of its project."""

    def __init__(self, root: Path, build: Callable[[MiniShop], object]) -> None:
        self._shop = MiniShop(root / "shop")
        build(self._shop)
        self._landed = {path: path.stat().st_ctime_ns for path in _files(self._shop.landing)}
        self.aside = root / "aside"
        for name in ("warehouse", "project"):
            shutil.copytree(self._shop.root / name, self.aside / name)

    def again(self) -> MiniShop:
        """The shop as it was built. A test that writes over a landed file is to have a shop of its own."""
        root = self._shop.root
        for path in _files(self._shop.landing):
            if path not in self._landed:
                path.unlink()
        assert {path: path.stat().st_ctime_ns for path in _files(self._shop.landing)} == self._landed
        for place in [place for place in root.iterdir() if place != self._shop.landing]:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        shutil.copytree(self.aside, root, dirs_exist_ok=True)
        return copy(self._shop)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
