"""Arguments of the jobs, as Glue and EMR give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.jobs.arguments import KEYS, JobArguments, parse
from marketpulse.jobs.stage import settings_of
from marketpulse.settings import CLOUD_CATALOG

REQUIRED = {
    "--environment": "dev",
    "--stage": "silver",
    "--landing-uri": "s3://shop-1-dev-landing",
    "--warehouse-uri": "s3://shop-1-dev-{layer}",
    "--run-id": "wr_1",
}


def argv(**changes: str) -> list[str]:
    """The required arguments with some changed, added or (None) left out."""
    given = REQUIRED | {f"--{key.replace('_', '-')}": value for key, value in changes.items()}
    return [text for key, value in given.items() if value is not None for text in (key, value)]


def test_what_is_not_given_has_a_default() -> None:
    assert parse(argv()) == JobArguments(
        "dev", "silver", "s3://shop-1-dev-landing", "s3://shop-1-dev-{layer}", "wr_1",
        select="", namespace="{layer}", catalog="glue", engine="spark", project="", full_refresh=False,
    )  # fmt: skip


def test_the_names_are_those_that_the_infrastructure_uses() -> None:
    assert set(KEYS) == {
        "environment", "stage", "select", "landing_uri", "warehouse_uri", "namespace", "catalog", "engine", "project",
        "full_refresh", "region", "erasures", "run_id",
    }  # fmt: skip


def test_yes_and_no_are_values_and_an_empty_value_is_none() -> None:
    assert parse(argv(full_refresh="true", select="")).full_refresh
    assert not parse(argv(full_refresh="false")).full_refresh
    assert parse(argv(engine="", namespace="")) == parse(argv())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"stage": "bronze"}, "one of ingest, silver, gold, maintain"),
        ({"stage": None}, "--stage"),
        ({"environment": ""}, "--environment is empty"),
        ({"engine": "hive"}, "one of duckdb, spark"),
        ({"catalog": "rest"}, "one of glue, sql"),
        ({"full_refresh": "yes"}, "one of true, false"),
        ({"run_id": "a'; drop table"}, "--run-id is"),
        ({"run_id": "workflow"}, "no workflow runs this job"),
        ({"stag": "gold"}, "unknown argument --stag"),
    ],
)
def test_what_cannot_be_is_said(changes: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(argv(**changes))
    assert says in str(caught.value)


def test_what_glue_adds_is_ignored_and_named_but_a_misspelt_argument_is_not() -> None:
    added = ["--JOB_NAME", "silver", "--enable-metrics", "true", "--job-bookmark-option", "job-bookmark-disable"]
    found = parse([*argv(), *added], strict=False)
    assert found.ignored == ("--JOB_NAME", "--enable-metrics", "--job-bookmark-option")
    with pytest.raises(UsageError, match="did you mean --full-refresh"):
        parse([*argv(), "--full-refesh", "true"], strict=False)


def test_a_run_of_a_workflow_has_its_name() -> None:
    name = "wr_" + "0" * 64
    assert parse([*argv(run_id="workflow"), "--WORKFLOW_RUN_ID", name], strict=False).run_id == name


def test_arguments_are_settings_and_leave_the_rest_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPULSE_MEMORY_MB", "777")
    found = settings_of(parse(argv(namespace="shop_dev_{layer}", project="/opt/shop", erasures="s3://shop-people/e")))
    assert found.erasures_place == "s3://shop-people/e"
    assert (found.memory_mb, found.project, found.engine) == (777, Path("/opt/shop"), "spark")
    assert found.layout.location("silver.sales") == "s3://shop-1-dev-silver/sales"
    assert found.layout.identifier("silver.sales") == ("shop_dev_silver", "sales")
    assert found.catalog_properties()["py-catalog-impl"] == CLOUD_CATALOG


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"catalog": "sql"}, "--catalog glue for s3://"),
        ({"namespace": "shop"}, "must hold {layer}"),
        ({"warehouse_uri": "/lake/{layer}"}, "is for s3:// warehouses"),
    ],
)
def test_settings_that_do_not_go_together_are_said(changes: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings_of(parse(argv(**changes)))
    assert says in str(caught.value)
