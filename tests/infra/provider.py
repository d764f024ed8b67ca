"""Terraform's provider for AWS as one server: each plan of a test would start it anew, a second of CPU each.

Only where the provider is mocked: it has one state, so two configurations (an alias, another account) would mix.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.infra.stack import Stack, TerraformError

# What it prints for whoever debugs it: https://developer.hashicorp.com/terraform/plugin/debugging
_ADDRESS = re.compile(r"TF_REATTACH_PROVIDERS='(.+)'")


@contextmanager
def served(work: Path) -> Iterator[dict[str, str]]:
    """Environment variables with which Terraform asks a provider that runs until the end of the block.

    Raise TerraformError when it does not start.
    """
    stack = Stack("bootstrap", work)
    stack.terraform("init", "-backend=false")
    (binary,) = (stack.path / ".terraform").glob("providers/*/*/aws/*/*/terraform-provider-aws_*")
    quiet = stack.env | {"TF_LOG": "ERROR"}  # else it tells every call, and waits for somebody to read that
    with subprocess.Popen(
        [binary, "-debug"], env=quiet, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            said = next((found[1] for line in server.stdout if (found := _ADDRESS.search(line))), None)
            if said is None:
                raise TerraformError(f"{binary.name} ended before it said where it is: {server.wait()}")
            yield stack.env | {"TF_REATTACH_PROVIDERS": said}
        finally:
            server.kill()
