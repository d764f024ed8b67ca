"""Secrets of the list: a new one keeps nobody out less, one that is destroyed says nothing of anybody any more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.people import audit
from marketpulse.people.erased import Erased
from marketpulse.privacy import erase as work
from marketpulse.privacy import secret
from tests.privacy.people import erase, named, sales
from tests.shop import MiniShop

ADA, EVE = "ada@1815", "eve@1"


@pytest.fixture
def erased(shop: MiniShop) -> MiniShop:
    """A shop that has forgotten Ada by its first secret."""
    sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}", "s2,2026-01-01,1,bob@1", f"s3,2026-01-01,1,{EVE}")
    assert shop.run().ok
    assert erase(shop, "buyer", ADA).ok
    return shop


def _rotate(shop: MiniShop) -> int:
    with shop.open() as context:
        return secret.rotate(context, "a year is over")


def _destroy(shop: MiniShop, number: int) -> None:
    with shop.open() as context:
        secret.destroy(context, number, "no backup is so old")


def _place(shop: MiniShop) -> Path:
    return shop.root / "warehouse" / ".erasures"


def test_a_new_secret_keys_who_comes_next_and_the_others_stay_out(erased: MiniShop) -> None:
    assert _rotate(erased) == 2
    assert erase(erased, "buyer", EVE).ok
    with erased.open() as context:
        assert [(each.number, each.erasures, each.names) for each in secret.secrets(context)] == [(1, 1, 1), (2, 1, 1)]
    sales(erased, "2026-01-02", f"s4,2026-01-02,1,{ADA}", f"s5,2026-01-02,1,{EVE}", "s6,2026-01-02,1,bob@1")
    assert erased.run().ok
    assert [row[0] for row in erased.rows("silver.sales")] == ["s2", "s6"]


def test_a_secret_that_is_destroyed_leaves_no_hash_and_keeps_nobody_out(erased: MiniShop) -> None:
    _rotate(erased)
    assert erase(erased, "buyer", EVE).ok
    _destroy(erased, 1)
    left = sorted(file.name for file in _place(erased).iterdir() if file.is_file())
    assert left == ["erased.json", "pseudonyms", "secret-2"]
    said = json.loads((_place(erased) / "erased.json").read_text())
    assert [(len(each["hashes"]), len(each["folded"])) for each in said["erasures"]] == [(0, 0), (1, 3)]
    sales(erased, "2026-01-02", f"s4,2026-01-02,1,{ADA}", f"s5,2026-01-02,1,{EVE}")
    assert erased.run().ok
    assert [row[0] for row in erased.rows("silver.sales")] == ["s2", "s4"]
    with erased.open() as context:
        entry = audit.trail(context)[-1]
    assert (entry.action, entry.what) == ("secret destroy", {"secret": 1, "erasures": [1]})


def test_after_the_newest_is_destroyed_the_next_erasure_makes_one(erased: MiniShop) -> None:
    _destroy(erased, 1)
    assert erased.run().ok
    assert erase(erased, "buyer", EVE).ok
    assert [each.number for each in Erased.read(str(_place(erased))).keyring.told] == [1, 2]


def test_a_backup_from_before_is_refused_since_nobody_knows_whom_to_erase(shop: MiniShop) -> None:
    sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}", f"s3,2026-01-01,1,{EVE}")
    assert shop.run().ok
    warehouse, backup = shop.root / "warehouse", shop.root / "backup"
    shutil.copytree(warehouse, backup)
    assert erase(shop, "buyer", ADA).ok
    _destroy(shop, 1)
    shutil.copytree(warehouse / ".erasures", backup / ".erasures", dirs_exist_ok=True)
    shutil.rmtree(warehouse)
    shutil.move(backup, warehouse)
    with pytest.raises(UsageError, match="whose secret was destroyed"):
        shop.run()
    with shop.open() as context, pytest.raises(UsageError, match="whose secret was destroyed"):
        work.erase_again(context)
    with pytest.raises(UsageError, match="whose secret was destroyed"):
        erase(shop, "buyer", EVE)


def test_none_is_destroyed_while_somebody_may_come_back_by_what_is_here(shop: MiniShop) -> None:
    sales(named(shop), "2026-01-01", f"s1,2026-01-01,1,{ADA}")
    assert shop.run().ok
    erase(shop, "buyer", ADA, delete_landed=False)
    with pytest.raises(UsageError, match="landed files still hold people of its erasures: 1, as sales/"):
        _destroy(shop, 1)
    with pytest.raises(UsageError, match="there is no secret 2"):
        _destroy(shop, 2)
    place = _place(shop)
    erased = Erased.read(str(place)).begin("buyer", [("buyer", EVE)])
    with pytest.raises(UsageError, match="erasure 2 has not come to its end"):
        _destroy(shop, 1)
    assert erased.number == 2


def test_where_nobody_was_erased_there_is_none(shop: MiniShop) -> None:
    assert named(shop).run().ok
    with pytest.raises(UsageError, match="nobody was ever erased"):
        _rotate(shop)
    with shop.open() as context, pytest.raises(UsageError, match=r"why\?"):
        secret.rotate(context, " ")
