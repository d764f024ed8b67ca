"""A hint can be typed as it stands: it looks where the person looked."""

from __future__ import annotations

import pytest

from marketpulse.cli import _options, hints
from tests.cli.conftest import Typed
from tests.shop import MiniShop

GIVEN = ["run", "--warehouse", "my lake", "--project=shop", "--select", "gold.x"]


@pytest.mark.parametrize(
    ("hint", "completed"),
    [
        ("see marketpulse status", "see marketpulse status --warehouse 'my lake' --project shop"),
        ("marketpulse validate tells all", "marketpulse validate --project shop tells all"),
        (
            "marketpulse quarantine show lists them",
            "marketpulse quarantine show --warehouse 'my lake' --project shop lists them",
        ),
        (
            "ask for it: marketpulse run --full-refresh --select gold.x+",
            "ask for it: marketpulse run --warehouse 'my lake' --project shop --full-refresh --select gold.x+",
        ),
        ("next: marketpulse move folder", "next: marketpulse move folder"),
        ("marketpulse docs --project other", "marketpulse docs --warehouse 'my lake' --project other"),
        ("project in marketpulse.toml", "project in marketpulse.toml"),
        ("pip install 'marketpulse[aws]'", "pip install 'marketpulse[aws]'"),
    ],
)
def test_a_command_in_a_hint_has_the_places_that_were_given(hint: str, completed: str) -> None:
    hints.remember(GIVEN, _options)
    assert hints.completed(hint) == completed
    hints.remember(["run"], _options)
    assert hints.completed(hint) == hint


def test_hints_of_errors_and_of_reports_have_them(shop: MiniShop, typed: Typed) -> None:
    here = ["--project", "project"]
    assert " hint see marketpulse status --project project" in typed("lineage", "gold.zzzz", *here).stderr
    shop.edit("gold/agg_daily/model.sql", "sum(qty)", "foo(qty) + bar(qty)")
    assert "marketpulse validate --project project tells all of it" in typed("lineage", *here).stderr
    shop.land_sales("2026-01-01", "1,2026-01-01,2,1.5")
    told = typed("run", "--warehouse", "lake", *here).stdout
    assert "1 more error: marketpulse validate --project project" in told


def test_an_alert_names_the_command_for_the_project_that_was_asked_of(shop: MiniShop, typed: Typed) -> None:
    shop.land_sales("2026-03-01", *(f"{n},2026-03-01,0,5" for n in range(5)))
    assert not shop.run().ok
    told = "".join(typed("alerts", "--project", str(shop.project_dir)).stdout.split())  # a long folder is folded
    assert f"marketpulseruns--project{shop.project_dir}sayswhy" in told
    assert "--project" not in typed("alerts", "--json", "--project", str(shop.project_dir)).stdout
