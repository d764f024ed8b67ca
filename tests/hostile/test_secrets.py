"""A key that stands in the settings is in nothing that we write or say, however a command ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import marketpulse
from tests.shop import MiniShop

PLANTED = "hUsH-0p3n-5e5ame"
SPARK = f'{{"spark.hadoop.fs.s3a.secret.key": "{PLANTED}", "spark.ssl.keyPassword": "{PLANTED}"}}'


def catalog(warehouse: Path | str, broken: bool = False) -> str:
    """Properties of the catalog as a person gives them, with keys among them."""
    uri = "postgresql+nothing" if broken else "sqlite"
    place = f"//reader:{PLANTED}@nowhere.invalid/lake" if broken else f"///{warehouse}/catalog.db"
    keys = f'"s3.secret-access-key": "{PLANTED}", "s3.session-token": "{PLANTED}", "token": "{PLANTED}"'
    return f'{{"type": "sql", "uri": "{uri}:{place}", "warehouse": "{warehouse}", {keys}}}'


def written(folder: Path) -> bytes:
    """All bytes of all files below a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def environment(shop: MiniShop) -> dict[str, str]:
    """Settings that hold keys, and keys beside them."""
    given = {"MARKETPULSE_SPARK": SPARK, "MARKETPULSE_CATALOG": catalog(shop.settings.warehouse)}
    return given | {"AWS_SECRET_ACCESS_KEY": PLANTED, "AWS_SESSION_TOKEN": PLANTED}


def test_nothing_that_is_said_or_written_holds_a_key(shop: MiniShop, environment: dict[str, str]) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,0,1")
    said = []
    for command in (
        ["run", "--json"],
        ["run", "--full-refresh"],
        ["status", "--json"],
        ["query", "select * from gold.agg_daily"],
        ["query", "select * from nothing"],
        ["docs", "--output", "catalog.html"],
        ["maintain"],
        ["validate"],
        ["quarantine", "replay"],
    ):
        ended = marketpulse(shop, *command, **environment)
        said.append(ended.stdout + ended.stderr)
        assert ended.returncode in (0, 1, 2), ended.stderr
    assert PLANTED not in "".join(said)
    assert PLANTED.encode() not in written(shop.root)
    assert written(shop.settings.warehouse)


def test_what_goes_wrong_with_a_catalog_is_told_without_its_key(shop: MiniShop, environment: dict[str, str]) -> None:
    broken = environment | {"MARKETPULSE_CATALOG": catalog(shop.settings.warehouse, broken=True)}
    for command in (["run"], ["query", "select 1 as one"], ["status"]):
        ended = marketpulse(shop, *command, **broken)
        assert ended.returncode in (1, 2), ended.stderr
        assert "Traceback" not in ended.stderr
        assert PLANTED not in ended.stdout + ended.stderr
