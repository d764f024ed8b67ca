"""Where bytes are: folders and stores behind the same verbs."""

from __future__ import annotations

import subprocess
import sys


def test_without_the_libraries_the_line_to_type_is_said() -> None:
    code = "import sys; sys.modules['s3fs'] = None\nfrom marketpulse.storage.places import filesystem\nfilesystem('s3://bucket')\n"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'marketpulse[aws]'" in found.stderr.splitlines()[-1]
