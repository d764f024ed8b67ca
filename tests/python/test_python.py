"""What is public, and what it costs to import it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import marketpulse

#: What may be imported by `import marketpulse`: nothing of anybody else, nothing of ours but this.
_ASK = "import sys; before = set(sys.modules); import marketpulse; print(*sorted(set(sys.modules) - before))"


def test_the_import_imports_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True)
    found = done.stdout.split()
    assert [name for name in found if name.startswith("marketpulse")] == ["marketpulse", "marketpulse.version"]
    assert {name.partition(".")[0] for name in found} <= {"marketpulse", *sys.stdlib_module_names}


def test_what_is_public_is_there_and_nothing_else_is_found() -> None:
    for name in marketpulse.__all__:
        assert getattr(marketpulse, name) is not None
        assert name in dir(marketpulse)
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        marketpulse.opne  # noqa: B018 - asking is the test


def test_types_are_shipped() -> None:
    assert (Path(marketpulse.__file__).parent / "py.typed").is_file()
