"""Steps of Python shell bring their own libraries: from a zip in the bucket, without pip and without an index."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.aws.conftest import Cloud

JOBS = Path(__file__).parents[2] / "jobs"
# An older one is there, and imported already, as Glue's own runner does.
SHELL = """
import runpy, sys
script = runpy.run_path(sys.argv[1])
import jmespath
assert not hasattr(jmespath, "BROUGHT")
script["use_libraries"](sys.argv[2])
import jmespath.parser
print(jmespath.BROUGHT, jmespath.parser.BROUGHT)
"""


@pytest.mark.parametrize("script", ["glue_redshift.py", "glue_start_emr.py"])
def test_what_is_brought_takes_the_place_of_what_is_there(cloud: Cloud, script: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("jmespath/__init__.py", "BROUGHT = 1\n")
        archive.writestr("jmespath/parser.py", "BROUGHT = 2\n")
    cloud.put("hash/shell-libs.zip", packed.getvalue(), "logs")
    command = [sys.executable, "-c", SHELL, str(JOBS / script), f"s3://{cloud.name}-logs/hash/shell-libs.zip"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 2\n"), done.stderr
