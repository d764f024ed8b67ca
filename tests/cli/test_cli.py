"""What a person can get wrong on the command line: a sentence, a hint, and the right exit code."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from marketpulse.version import __version__
from tests.cli.conftest import Typed
from tests.command import marketpulse
from tests.shop import MiniShop


def said(found: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    assert "Traceback" not in found.stderr
    return found.returncode, found.stderr


def test_a_run_ends_with_0_a_gate_with_1_and_wrong_usage_with_2(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1")
    assert said(marketpulse(shop, "run"))[0] == 0
    shop.land("sales/bad.csv", "id,qty\n1,1\n")
    assert said(marketpulse(shop, "run"))[0] == 1
    code, text = said(marketpulse(shop, "run", "--select", "gold.agg_dayly"))
    assert (code, "did you mean gold.agg_daily?" in text) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["run"], {"MARKETPULSE_THREDS": "3"}, "unknown setting 'threds' in the environment"),
        (["run"], {"MARKETPULSE_THREADS": "many"}, "setting threads in the environment is 'many'"),
        (["run"], {"MARKETPULSE_ENGINE": "abacus"}, "unknown engine 'abacus'"),
        (["run", "--project", "nowhere"], {}, "there is no project folder nowhere"),
        (["run"], {"MARKETPULSE_LOG": "xml"}, "setting log in the environment is 'xml'\n hint one of text, json\n"),
        (["query", "drop table silver.sales"], {}, "read-only"),
        (["quarantine", "list", "--status", "lost"], {}, "unknown status 'lost'"),
    ],
)
def test_wrong_usage_is_one_sentence(
    shop: MiniShop, typed: Typed, arguments: list[str], environment: dict[str, str], words: str
) -> None:
    shop.run("silver.quarantine")
    code, text = said(typed(*arguments, **environment))
    assert (code, words in text) == (2, True), text


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_landing_zone_that_is_not_there_is_no_feed_without_news(shop: MiniShop, command: str) -> None:
    shop.landing.rmdir()
    done = marketpulse(shop, command)
    assert done.returncode == 2
    assert "there is no landing zone" in done.stderr
    assert not shop.settings.warehouse.exists()


def test_whoever_stops_a_command_is_told_what_is_left(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("marketpulse.flow.run", stop)
    found = typed("run")
    assert (found.returncode, found.stderr) == (130, "stopped; nothing half-done is visible\n")


def test_which_release_it_is(typed: Typed) -> None:
    found = typed("--version")
    assert (found.returncode, found.stdout) == (0, f"marketpulse {__version__}\n")


def log(found: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.stderr.splitlines()]


def test_a_log_for_machines_says_what_a_run_does_and_what_came_of_it(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "1,2026-01-01,1,1", "2,2026-01-01,1,1")
    done = marketpulse(shop, "run", "--json", MARKETPULSE_LOG="json")
    lines = log(done)
    assert {line["level"] for line in lines} == {"INFO"}
    assert {line.get("run_id") for line in lines} == {json.loads(done.stdout)["run_id"]}
    assert [line["records"] for line in lines if line["event"] == "feed" and line["source"] == "sales"] == [2]
    tables = [line for line in lines if line["event"] == "table"]
    assert [line["name"] for line in tables] == [each["name"] for each in json.loads(done.stdout)["tables"]]
    assert (lines[-1]["event"], lines[-1]["exit_code"], done.returncode) == ("run finished", 0, 0)


def test_a_log_for_machines_has_errors_as_lines(shop: MiniShop) -> None:
    wrong = marketpulse(shop, "run", "--project", "nowhere", MARKETPULSE_LOG="json")
    (line,) = log(wrong)
    assert (wrong.returncode, line["level"], line["event"]) == (2, "ERROR", "error")
    assert line["message"] == "there is no project folder nowhere"


def test_what_validate_finds_is_in_the_log_too(shop: MiniShop) -> None:
    shop.edit("silver/sales/contract.yaml", "severity: ", "severity: dreadful-")
    wrong = marketpulse(shop, "validate", MARKETPULSE_LOG="json")
    lines = log(wrong)
    assert wrong.returncode == 2
    assert {(line["level"], line["event"]) for line in lines} == {("ERROR", "error")}
    assert all("contract.yaml" in line["where"] for line in lines)
