"""Metrics in the form of exchange: every name that an expression has is there."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from marketpulse.serving.metrics.exchange import VERSION, exchanged
from tests.retail.lab import packaged


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    whole = yaml.safe_load(exchanged(packaged()))
    assert whole["version"] == VERSION
    (found,) = whole["semantic_model"]
    return found


def expression(model: dict[str, Any], name: str, dialect: str = "ANSI_SQL") -> str:
    found = next(each for each in model["metrics"] if each["name"] == name)["expression"]["dialects"]
    return next(" ".join(each["expression"].split()) for each in found if each["dialect"] == dialect)


def test_every_metric_is_there_with_what_the_form_has_no_word_for(model: dict[str, Any]) -> None:
    metrics = {each["name"]: each for each in model["metrics"]}
    assert set(metrics) == set(packaged().metrics[0].metrics)
    (ours,) = metrics["net_revenue"]["custom_extensions"]
    said = json.loads(ours["data"])
    assert (ours["vendor_name"], said["unit"], said["currency"], said["additive"]) == (
        "MARKETPULSE", "money", "currency", True,
    )  # fmt: skip
    assert "turnover" in metrics["net_revenue"]["ai_context"]["synonyms"]
    ours = json.loads(metrics["new_customers"]["custom_extensions"][0]["data"])
    assert (ours["until"], ours["days"]) == ("as_of_date", "gold.agg_customer_daily.sold_date")


def test_conditions_and_divisors_stand_in_the_expression(model: dict[str, Any]) -> None:
    assert expression(model, "net_revenue") == "SUM(agg_sales_daily.net_amount)"
    assert expression(model, "page_views") == "SUM(fct_sessions.page_view_count) FILTER(WHERE NOT fct_sessions.is_bot)"
    assert expression(model, "conversion_rate").endswith("/ NULLIF(SUM(agg_funnel_daily.session_count), 0)")
    assert "PERCENTILE" in expression(model, "median_recency", "DATABRICKS")


def test_names_are_unique_and_known(model: dict[str, Any]) -> None:
    datasets = {each["name"]: {field["name"] for field in each["fields"]} for each in model["datasets"]}
    assert len(datasets) == len(model["datasets"])
    assert len({each["name"] for each in model["relationships"]}) == len(model["relationships"])
    for each in model["relationships"]:
        assert set(each["from_columns"]) <= datasets[each["from"]]
        assert set(each["to_columns"]) <= datasets[each["to"]]
    assert not {"email", "customer_id"} & set().union(*datasets.values())


def test_an_entity_with_versions_has_one_row_a_key(model: dict[str, Any]) -> None:
    store = next(each for each in model["datasets"] if each["name"] == "store")
    assert store["primary_key"] == ["store_id"]
    assert "GROUP BY `store_id`" in store["source"]
