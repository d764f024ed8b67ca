"""A project is read once while none of its files changes."""

from __future__ import annotations

import pytest

from marketpulse.errors import DefinitionError
from marketpulse.project.kept import KeptProject
from tests.shop import MiniShop


def test_a_project_is_read_again_when_a_file_comes_changes_or_goes(shop: MiniShop) -> None:
    kept = KeptProject(shop.project_dir)
    first = kept()
    assert kept() is first
    shop.edit("silver/sales/contract.yaml", "For tests.", "For testing.")
    changed = kept()
    assert changed is not first
    shop.write("gold/notes.txt", "new")
    assert kept() is not changed
    known = kept()
    (shop.project_dir / "gold" / "notes.txt").unlink()
    assert kept() is not known
    text = (shop.project_dir / "project.yaml").read_text()
    shop.write("project.yaml", "name: [\n")
    for _ in range(2):  # one that cannot be read is tried again
        with pytest.raises(DefinitionError):
            kept()
    shop.write("project.yaml", text)
    assert kept().name == "mini"
