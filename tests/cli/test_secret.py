"""Secrets of the list of erased people on the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Typed
from tests.privacy.people import erase, named, sales
from tests.shop import MiniShop


def test_a_secret_is_looked_at_succeeded_and_destroyed(shop: MiniShop, typed: Typed) -> None:
    sales(named(shop), "2026-01-01", "s1,2026-01-01,1,ada@1815", "s2,2026-01-01,1,bob@1")
    assert shop.run().ok
    assert erase(shop, "buyer", "ada@1815").ok
    assert "secret 2 keys the erasures that come" in typed("secret", "rotate", "--reason", "a year").stdout
    unsure = typed("secret", "destroy", "1", "--reason", "five years")
    assert unsure.returncode == 2
    assert "--yes does it" in unsure.stderr
    assert typed("secret", "destroy", "1", "--reason", "five years", "--yes").returncode == 0
    found = json.loads(typed("secret", "list", "--json").stdout)
    assert [(each["number"], each["destroyed_at"] is None, each["names"]) for each in found] == [
        (1, False, 0),
        (2, True, 0),
    ]
    assert "destroyed" in typed("secret", "list").stdout


def test_pseudonyms_have_a_new_secret_when_somebody_says_so(shop: MiniShop, typed: Typed) -> None:
    sales(named(shop), "2026-01-01", "s1,2026-01-01,1,ada@1815")
    assert shop.run().ok
    before = shop.pseudonym("ada@1815")
    unsure, why = typed("secret", "renew", "--reason", "so"), typed("secret", "renew", "--yes")
    assert (unsure.returncode, "--yes does it" in unsure.stderr, why.returncode) == (2, True, 2)
    assert shop.pseudonym("ada@1815") == before
    done = typed("secret", "renew", "--reason", "the extract of March", "--yes")
    assert (done.returncode, "a new secret" in done.stdout) == (0, True)
    assert shop.pseudonym("ada@1815") != before
    kept = [(each["action"], each["reason"]) for each in json.loads(typed("audit", "--json").stdout)]
    assert kept == [("pseudonyms renew", "the extract of March")]
