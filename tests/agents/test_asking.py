"""What an agent may ask of a warehouse."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from marketpulse.agents.asking import Asking
from marketpulse.cells import plain
from marketpulse.errors import LimitError, UsageError
from tests.console.house import HOSTILE, hostile_shop
from tests.shop import MiniShop


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    return Asking(hostile_shop(MiniShop(tmp_path_factory.mktemp("agents"))).settings)


def test_metrics_are_listed_with_what_they_mean_and_by_what_they_can_be_asked(asking: Asking) -> None:
    found = {each["name"]: each for each in asking.metrics()["metrics"]}
    assert found["pieces"]["unit"]
    assert "size" in found["pieces"]["dimensions"]
    assert [each["name"] for each in asking.metrics("pieces_per")["metrics"]] == ["pieces_per_line"]


def test_a_metric_has_the_value_that_everybody_gets(asking: Asking) -> None:
    (row,) = asking.metric({"metrics": ["lines"], "last": "1d"})["rows"]
    assert row["lines"] == len(asking.query("select 1 from gold.fct_lines where day = '2026-01-14'")["rows"]) == 6
    with pytest.raises(UsageError, match="did you mean"):
        asking.metric({"metrics": ["lins"]})


def test_tables_say_what_they_promise_and_what_is_not_shown(asking: Asking) -> None:
    assert {"name": "gold.dim_buyer", "a row is": "One row per key."} in asking.tables("gold")["tables"]
    found = asking.table("gold.dim_buyer")
    assert found["key"] == ["buyer_id"]
    hidden = {each["name"]: each.get("not shown") for each in found["columns"]}
    assert hidden["email"] == "it is personal"
    assert hidden["city"] is None
    with pytest.raises(UsageError, match="no table"):
        asking.table("gold.nothing")


def test_a_query_is_read_only_and_cut_and_hides_what_is_personal(asking: Asking) -> None:
    found = asking.query("select * from gold.dim_buyer", limit=2)
    assert len(found["rows"]) == 2
    assert "only the first 2 rows" in found["cut"]
    assert "email" not in found["rows"][0]
    assert "email" in found["note"]
    assert found["rows"][0]["city"] == HOSTILE.replace('"', "")
    for wrong in ("drop table gold.dim_buyer", "select email from gold.dim_buyer", "select * from '/etc/hostname'"):
        with pytest.raises(UsageError):
            asking.query(wrong)
    with pytest.raises(UsageError, match="limit is 1 to"):
        asking.query("select 1", limit=100_000)


def test_an_answer_is_json_and_no_larger_than_can_be_read(asking: Asking) -> None:
    odd = "select 'nan'::double as a, 'a'::blob as b, date 'infinity' as c, time '10:00' as d, interval '1 day' as e"
    (row,) = json.loads(json.dumps(plain(asking.query(odd)["rows"]), allow_nan=False))
    assert (row["a"], row["b"], row["c"], row["d"]) == ("NaN", "\\x61", "infinity", "10:00:00")
    with pytest.raises(UsageError, match="two columns are called a"):
        asking.query("select 1 as a, 2 as a")
    with pytest.raises(LimitError, match="1,000,000 characters"):
        asking.query("select repeat('x', 20000) from range(1000)", limit=1_000)
    with pytest.raises(UsageError, match="nested too deeply"):
        asking.query("select " + "1+" * 900 + "1")


def test_a_steward_sees_what_an_analyst_does_not(asking: Asking) -> None:
    steward = Asking(replace(asking._settings, role="steward"))
    assert steward.query("select email from gold.dim_buyer limit 1")["rows"][0]["email"].endswith("@people.example")


def test_runs_and_rejected_rows_are_told_with_their_reasons(asking: Asking) -> None:
    (run,) = asking.runs()["runs"]
    assert run["status"] == "done"
    (row,) = asking.quarantine("silver.sales")["rows"]
    assert "qty_not_zero" in str(row["errors"])
    assert "raw_record" not in row
