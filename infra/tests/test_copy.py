"""The region is lost, and with it every bucket and database: tables are built anew elsewhere, from the copy alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.infra import package, pipeline
from tests.infra.apply import READY
from tests.infra.emulated import emulated_aws
from tests.infra.stack import Stack, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}")
HERE, THERE = "us-east-2", "us-west-2"
#: Where data lies and how it is named: all that is needed to build tables.
LAKE = ["-target=module.platform.module.lake", "-target=module.platform.module.catalog"]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], Path]]:
    """An account that is ready, with a package."""
    folder = tmp_path_factory.mktemp("copy")
    with emulated_aws(folder) as env:
        bootstrap = Stack("bootstrap", folder / "bootstrap", env)
        bootstrap.init()
        bootstrap.terraform("apply", "-auto-approve", *READY)
        yield env | {"TF_VAR_artifacts": str(package.make(folder / "dist"))}, folder


def lake(env: dict[str, str], folder: Path, workspace: str, **values: str) -> Stack:
    """An environment's lake and catalog, applied."""
    stack = Stack("envs/dev", folder, env | {f"TF_VAR_{name}": value for name, value in values.items()}, workspace)
    stack.keep_here()
    stack.init()
    stack.terraform("apply", "-auto-approve", *LAKE)
    return stack


def buckets(stack: Stack) -> dict[str, str]:
    """Layer -> bucket, copies too, from the state: outputs of other modules are not there."""
    state = json.loads(stack.terraform("state", "pull"))
    found = [each for each in state["resources"] if each["type"] == "aws_s3_bucket" and each["mode"] == "managed"]
    return {
        f"{each['index_key']}{'-copy' if resource['name'] == 'copy' else ''}": each["attributes"]["bucket"]
        for resource in found
        for each in resource["instances"]
    }


def ready_there(env: dict[str, str]) -> None:
    """What `make bootstrap` of the account there would have said: the emulator has one account for both."""
    here, there = pipeline.client(env, "ssm"), pipeline.client(env, "ssm", THERE)
    for found in here.get_parameters_by_path(Path="/marketpulse/bootstrap")["Parameters"]:
        there.put_parameter(Name=found["Name"], Value=found["Value"], Type=found["Type"])


def keys(s3: Any, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [each["Key"] for page in pages for each in page.get("Contents", [])]


def test_tables_are_built_anew_from_the_copy(account: tuple[dict[str, str], Path]) -> None:
    env, folder = account
    expected, s3 = pipeline.expect(folder / "shop"), pipeline.client(env, "s3")
    lost = lake(env, folder / "here", "dev-sandbox", copy_region=THERE)
    lost.terraform("plan", "-detailed-exitcode", *LAKE)
    was = buckets(lost)
    files = [path for path in (folder / "shop" / "landing").rglob("*") if path.is_file()]
    for path in files:
        key = path.relative_to(folder / "shop" / "landing").as_posix()
        s3.put_object(Bucket=was["landing"], Key=key, Body=path.read_bytes())
    s3.put_object(Bucket=was["quarantine"], Key="_people/erased.json", Body=b"[]")
    s3.put_object(Bucket=was["quarantine"], Key="quarantine/data/f.parquet", Body=b"")
    assert len(keys(s3, was["landing-copy"])) == len(files)
    assert keys(s3, was["quarantine-copy"]) == ["_people/erased.json"], "rejected rows are built again, too"
    shown = s3.get_bucket_location(Bucket=was["landing-copy"])["LocationConstraint"]
    assert shown == THERE, "a copy beside the original is lost with it"

    for layer in ("landing", "bronze", "silver", "gold", "quarantine", "logs", "artifacts", "answers"):
        pipeline.empty(env, was[layer])

    ready_there(env)
    new = lake(env, folder / "there", "dev-gate", region=THERE)
    now = buckets(new)
    for key in keys(s3, was["landing-copy"]):
        s3.copy_object(Bucket=now["landing"], Key=key, CopySource={"Bucket": was["landing-copy"], "Key": key})
    place = env | {
        "AWS_PROFILE": "marketpulse",
        "AWS_REGION": THERE,
        "MARKETPULSE_LANDING": f"s3://{now['landing']}",
        "MARKETPULSE_WAREHOUSE": f"s3://{now['gold'].removesuffix('gold')}{{layer}}",
        "MARKETPULSE_NAMESPACE": "marketpulse_dev_gate_{layer}",
    }
    pipeline.marketpulse(place, folder, "run")
    assert pipeline.totals(place, folder) == expected


def test_a_copy_beside_the_original_is_refused(account: tuple[dict[str, str], Path]) -> None:
    env, folder = account
    stack = Stack("envs/dev", folder / "beside", env | {"TF_VAR_copy_region": HERE})
    stack.keep_here()
    stack.init()
    assert "lost with it" in stack.refused()
