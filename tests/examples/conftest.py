"""Where the public data lies that is not part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder with online_retail/ and eshop_clothing_2008/; without it a test is skipped and says what it would read."""
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA is not set: the public data of this example was not run (examples/*/README.md)")
    return Path(folder)
