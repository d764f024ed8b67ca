"""What is written in infra/: every module of one shape, nothing dead, nothing hard-coded, nothing random."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from marketpulse.door.delivery import Delivery
from tests.infra.readmes import INFRA, PAGES, items, modules, page, written

ENVIRONMENTS = ("dev", "stg", "prod")
ROOTS = [INFRA / "bootstrap", *[INFRA / "envs" / name for name in ENVIRONMENTS]]
ALL = [*sorted((INFRA / "modules").iterdir()), *ROOTS]
_REGION = re.compile(r"\b(?:us|eu|ap|sa|ca|me|af)-(?:north|south|east|west|central)[a-z]*-\d\b")
_ACCOUNT = re.compile(r"(?<![\w-])\d{12}(?!\w)")


def code(folder: Path) -> str:
    """The Terraform of a folder, without comments."""
    lines = [line for path in sorted(folder.glob("*.tf")) for line in path.read_text().splitlines()]
    return "\n".join(line for line in lines if not re.match(r"\s*# ", line))


def named(folder: Path) -> str:
    return folder.relative_to(INFRA).as_posix()


@pytest.mark.parametrize("module", modules(), ids=named)
def test_a_readme_says_what_there_is(module: Path) -> None:
    assert (module / "README.md").read_text() == written(module), "run: python -m tests.infra.readmes"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_draws_and_counts_what_there_is(path: Path) -> None:
    assert page(path) == path.read_text(), "run: python -m tests.infra.readmes"
    assert "<!-- /" in path.read_text()


@pytest.mark.parametrize("module", sorted((INFRA / "modules").iterdir()), ids=named)
def test_a_module_has_its_shape(module: Path) -> None:
    shape = {"main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md", "tests"}
    assert shape <= {path.name for path in module.iterdir()}
    assert list((module / "tests").glob("*.tftest.hcl"))


@pytest.mark.parametrize("folder", ALL, ids=named)
def test_every_variable_is_typed_described_and_used(folder: Path) -> None:
    text = code(folder)
    for item in items(folder):
        assert item.description, f"{item.kind} {item.name} has no description"
        if item.kind == "variable":
            assert item.type not in ("", "any"), f"variable {item.name} has no type"
            uses = re.findall(rf"\bvar\.{item.name}\b", re.sub(r"(?s)validation \{.*?\n  \}", "", text))
            assert uses, f"variable {item.name} is dead"


@pytest.mark.parametrize("module", sorted((INFRA / "modules").iterdir()), ids=named)
def test_every_output_is_used(module: Path) -> None:
    above = code(INFRA / "envs" / "dev") if module.name == "platform" else code(INFRA / "modules" / "platform")
    for item in (each for each in items(module) if each.kind == "output"):
        assert f"module.{module.name}.{item.name}" in above.replace("[*]", ""), f"output {item.name} is dead"


@pytest.mark.parametrize("folder", ALL, ids=named)
def test_every_data_source_and_local_is_used(folder: Path) -> None:
    text = code(folder)
    for kind, name in re.findall(r'^data "(\w+)" "(\w+)"', text, re.MULTILINE):
        assert f"data.{kind}.{name}" in text, f"data {kind}.{name} is dead"
    for block in re.findall(r"^locals \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        for name in re.findall(r"^  (\w+)\s*=", block, re.MULTILINE):
            assert f"local.{name}" in text, f"local {name} is dead"


@pytest.mark.parametrize("folder", ALL, ids=named)
def test_no_region_no_account_nothing_random(folder: Path) -> None:
    text = code(folder)
    if folder in ROOTS:
        # The only place: the value of the variable.
        text = re.sub(r'variable "region" \{.*?\n\}', "", text, flags=re.DOTALL)
    assert not _REGION.search(text)
    assert not _ACCOUNT.search(text)
    for bucket in re.findall(r'resource "aws_s3_bucket" .*?\n\}', text, re.DOTALL):
        assert "bucket_prefix" not in bucket.replace("var.bucket_prefix", "")
    assert not re.search(r"random_|uuid\(|timestamp\(\)|name_prefix\s*=", text)


def test_environments_differ_in_values_only() -> None:
    for name in ("variables.tf", "outputs.tf", "versions.tf"):
        assert len({(INFRA / "envs" / each / name).read_text() for each in ENVIRONMENTS}) == 1, name
    keys = {each: re.findall(r"^ *(\w+) *=", code(INFRA / "envs" / each), re.MULTILINE) for each in ENVIRONMENTS}
    assert keys["dev"] == keys["stg"] == keys["prod"]


def test_every_alarm_has_an_entry_in_the_runbook() -> None:
    text = (INFRA / "modules" / "observability" / "alarms.tf").read_text()
    alarms = re.findall(r"^    ([a-z-]+) = \{$", text, re.MULTILINE)
    everywhere = "".join(path.read_text() for path in (INFRA / "modules").rglob("*.tf"))
    named = re.findall(r'alarm_name +=? *= "\$\{var\.name\}-([a-z-]+?)(?:-\$\{each\.key\})?"', everywhere)
    assert (len(alarms), len(named)) == (14, 4)
    for alarm in (*alarms, *named):
        assert f"`{alarm}`" in PAGES[0].read_text(), f"the runbook does not know {alarm}"


def test_what_is_counted_in_the_log_of_delivery_is_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    text = (INFRA / "modules" / "observability" / "metrics.tf").read_text()
    (counted,) = re.findall(r'aside +=.*pattern = "\\"(.+?)\\""', text)
    Delivery("visits", "junk", {}, lambda _feed, _lines: None).deliver([{"recordId": "1", "data": ""}])
    assert [counted in each.getMessage() for each in caplog.records if each.levelname == "WARNING"] == [True]


def test_every_suppression_says_why() -> None:
    for path in INFRA.rglob("*.tf"):
        for line in path.read_text().splitlines():
            if "checkov:skip" in line:
                assert re.search(r"checkov:skip=CKV2?_AWS_\d+: \S.{7,}", line), f"{path.name}: {line.strip()}"


def test_locks_of_providers_are_not_ignored() -> None:
    ignored = (INFRA.parent / ".gitignore").read_text().split()
    assert ".terraform.lock.hcl" not in ignored, "whoever runs an account commits them (ADR 0020)"
    assert {".terraform/", "*.tfstate"} <= set(ignored)


def test_no_password_is_written() -> None:
    text = "\n".join(code(folder) for folder in ALL)
    for secret in (
        "admin_user_password",
        "aws_api_gateway_api_key",
        "aws_secretsmanager_secret_version",
        "aws_iam_access_key",
    ):
        assert secret not in text, f"{secret} would be in the state"


@pytest.mark.skipif(shutil.which("terraform") is None, reason="SKIPPED: terraform is not on the PATH")
def test_it_is_formatted() -> None:
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-no-color"],
        cwd=INFRA,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
