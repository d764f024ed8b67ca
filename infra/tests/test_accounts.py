"""An environment in an account of its own: bootstrapped by its name, and never done in another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.infra import package, pipeline
from tests.infra.emulated import emulated_aws
from tests.infra.stack import Stack, missing

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"SKIPPED: {missing()}")
OWN = "222222222222"
VALUES = f'account = "{OWN}"\nrole    = "arn:aws:iam::{OWN}:role/marketpulse-deploy"\n'


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """prod with an account of its own."""
    folder = tmp_path_factory.mktemp("accounts")
    with emulated_aws(folder) as env:
        stack = Stack("envs/prod", folder, env | {"TF_VAR_artifacts": str(package.make(folder / "dist"))}, "prod")
        (stack.path / "account.auto.tfvars").write_text(VALUES)
        yield stack


def test_without_its_file_nothing_is_done(prod: Stack) -> None:
    said = prod.script("bootstrap", "stg", answer="yes", ok=(2,))
    assert "envs/stg/account.auto.tfvars is missing" in said


def test_it_is_made_ready_and_keeps_its_own_state(prod: Stack) -> None:
    assert "bootstrap: commit them" in prod.script("bootstrap", "prod", answer="yes")
    backend = (prod.path / "backend.tf").read_text()
    assert f"marketpulse-{OWN}-terraform-state" in backend
    assert f"arn:aws:iam::{OWN}:role/marketpulse-deploy" in backend
    kept = prod.path.parents[1] / "bootstrap" / "accounts" / "prod.tf"
    assert "bootstrap.tfstate" in kept.read_text()
    assert not (prod.path.parents[1] / "bootstrap" / "backend.tf").exists(), "the state of another account"
    assert "0 added, 0 changed" in prod.script("bootstrap", "prod", answer="yes")


def test_everything_of_it_is_there(prod: Stack) -> None:
    prod.init()
    assert f"marketpulse-{OWN}-prod-gold" in prod.terraform("plan", "-lock=false")
    names = [each["Name"] for each in pipeline.client(prod.env, "s3").list_buckets()["Buckets"]]
    assert not any(OWN in name for name in names), "it is in the account of the profile"


def test_another_account_is_refused(prod: Stack) -> None:
    other = {"TF_VAR_account": "333333333333"}
    (prod.path / "account.auto.tfvars").write_text(VALUES.splitlines()[1] + "\n")
    stack = Stack(prod.folder, prod.work, prod.env | other, prod.workspace)
    assert "not allowed" in stack.refused()
