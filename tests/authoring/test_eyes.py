"""Of a file that is tried an analyst sees what is public, and of a record that was not accepted no personal value."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from marketpulse.authoring.eyes import Eyes
from marketpulse.authoring.trial import attempt
from marketpulse.run.pseudonyms import Pseudonyms
from tests.shop import MiniShop


def test_values_that_are_or_may_be_personal_are_for_stewards(shop: MiniShop) -> None:
    text = (shop.project_dir / "silver/sales/contract.yaml").read_text(encoding="utf-8")
    shop.write("silver/sales/contract.yaml", text.replace("{name: id,", "{name: id, classification: pii,"))
    file = shop.root / "some.csv"
    file.write_text("id,day,qty,amount,nobody\nada,2026-01-01,1,2.50,x\nbob,2026-01-01,two,3.50,y\n")
    seen = {}
    for role in ("analyst", "steward"):
        found = attempt(replace(shop.settings, role=role), shop.project(), "sales", file)
        assert found.masked == (role == "analyst")
        seen[role] = [row.values for row in found.tables[0].rows]
    accepted, rejected = seen["steward"]
    assert (accepted["id"], rejected["id"], rejected["nobody"]) == ("ada", "bob", "y")
    accepted, rejected = seen["analyst"]
    assert (re.fullmatch("[0-9a-f]{64}", accepted["id"]) is not None, accepted["qty"]) == (True, 1)
    assert accepted["id"] != hashlib.sha256(b"ada").hexdigest()  # a secret keys it
    shop.write("silver/sales/contract.yaml", text)
    file.write_text("id,day,qty,amount\nada,2026-01-01,1,2.50\n")
    assert not attempt(replace(shop.settings, role="analyst"), shop.project(), "sales", file).masked
    assert rejected == {"day": "2026-01-01", "qty": "two", "amount": "3.50"}


def test_nobody_has_no_pseudonym(tmp_path: Path) -> None:
    eyes = Eyes({"id": True, "qty": False}, frozenset(), Pseudonyms(str(tmp_path)))
    assert eyes.see({"id": None, "qty": None}, kept=True) == {"id": None, "qty": None}


def test_a_line_that_cannot_be_read_is_not_shown(shop: MiniShop) -> None:
    file = shop.root / "some.json"
    file.write_text('{"id":"a","ts":"2026-01-01T00:00:01Z"}\nada@people.example\n')
    found = attempt(shop.settings, shop.project(), "clicks", file)
    assert [row.became for row in found.tables[0].rows] == ["accepted", "quarantined"]
    assert "people.example" not in str(found)
