"""One folder of infra/ in a copy of its own, with Terraform on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Without it the provider asks 25 times for what an emulator lacks.
_PROVIDER = 'provider "aws" {\n  max_retries = 3\n}\n'
_COPY = 'provider "aws" {\n  alias = "copy"\n  max_retries = 3\n}\n'


def missing() -> str | None:
    """Why Terraform cannot be used here, None when it can."""
    if shutil.which("terraform") is None:
        return "terraform is not on the PATH: https://developer.hashicorp.com/terraform/install"
    config = os.environ.get("TF_CLI_CONFIG_FILE")
    if config is None:
        return "TF_CLI_CONFIG_FILE names no provider mirror, and the public registry is not asked by tests"
    return None if Path(config).is_file() else f"TF_CLI_CONFIG_FILE names {config}, which is not there"


class TerraformError(AssertionError):
    """Terraform ended badly; the message is what it said."""


@dataclass
class Stack:
    """`folder` is below infra/ (`envs/dev`), `work` where the copy goes, `env` what Terraform meets."""

    folder: str
    work: Path
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    workspace: str = "default"

    def __post_init__(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)
        ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", "backend.tf", "terraform.tfstate.d")
        shutil.copytree(ROOT / "infra", self.work / "infra", ignore=ignored, dirs_exist_ok=True)
        said = (self.path / "versions.tf").read_text()
        if "AWS_ENDPOINT_URL" in self.env and "provider " in said:
            (self.path / "retries_override.tf").write_text(_PROVIDER + (_COPY if "alias " in said else ""))
        self.env = self.env | {
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "NO_COLOR": "1",
        }

    @property
    def path(self) -> Path:
        """The folder in the copy."""
        return self.work / "infra" / self.folder

    def terraform(self, *arguments: str, ok: tuple[int, ...] = (0,), seconds: float = 900) -> str:
        """Run it and give what it said; raise TerraformError when it ends otherwise than `ok`."""
        command = ["terraform", *arguments, *([] if arguments[0] in ("workspace", "output", "show") else ["-no-color"])]
        done = subprocess.run(
            command, cwd=self.path, env=self.env, capture_output=True, text=True, timeout=seconds, check=False
        )
        said = done.stdout + done.stderr
        if done.returncode not in ok:
            raise TerraformError(f"terraform {' '.join(arguments)} ended with {done.returncode}:\n{said[-6000:]}")
        return done.stdout if done.returncode == 0 else said

    def script(self, name: str, *arguments: str, answer: str, ok: tuple[int, ...] = (0,)) -> str:
        """Run a script of infra/bin with an answer to its question, as a person would."""
        env = {key: value for key, value in self.env.items() if key not in ("TF_INPUT", "TF_IN_AUTOMATION")}
        command = [str(self.work / "infra" / "bin" / name), *arguments]
        done = subprocess.run(
            command, env=env, input=f"{answer}\n", capture_output=True, text=True, timeout=900, check=False
        )
        if done.returncode not in ok:
            raise TerraformError(f"{name} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-6000:]}")
        return done.stdout + done.stderr

    def keep_here(self) -> None:
        """Say that the state lies in this folder, where no account keeps it."""
        (self.path / "backend.tf").write_text('terraform {\n  backend "local" {}\n}\n')

    def init(self) -> None:
        """Get the provider and the modules, and be in the workspace."""
        self.terraform("init")
        if self.workspace != "default":
            self.terraform("workspace", "select", "-or-create", self.workspace)

    def apply(self) -> None:
        """Apply without a question."""
        self.terraform("apply", "-auto-approve")

    def refused(self) -> str:
        """Plan, which must be refused; give the reason."""
        return " ".join(self.terraform("plan", "-lock=false", ok=(1,)).replace("│", " ").split())

    def assert_unchanged(self, *more: str) -> None:
        """Plan, which must find nothing to do."""
        said = self.terraform("plan", "-detailed-exitcode", *more, ok=(0, 2))
        if "No changes." not in said:
            raise TerraformError(f"a second plan still wants changes:\n{said[-6000:]}")

    def plan(self) -> dict[str, Any]:
        """The plan of what stands, as data; it must find nothing to do."""
        self.assert_unchanged("-out=plan.bin")
        return dict(json.loads(self.terraform("show", "-json", "plan.bin")))

    def outputs(self) -> dict[str, Any]:
        """Outputs by name."""
        return {name: each["value"] for name, each in json.loads(self.terraform("output", "-json")).items()}

    def resources(self) -> list[str]:
        """Addresses in the state."""
        return self.terraform("state", "list").split()

    def edit(self, old: str, new: str) -> None:
        """Change a value in the copy's main.tf."""
        text = (self.path / "main.tf").read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {self.folder}/main.tf"
        (self.path / "main.tf").write_text(text.replace(old, new))
