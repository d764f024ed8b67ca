"""A BI tool reads the wire: Superset finds tables and metrics, and draws charts of them, with numbers of ours.

SUPERSET_PYTHON is a Python that has what superset.txt lists.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.wire.house import peopled, wired

PYTHON = os.environ.get("SUPERSET_PYTHON", "")


@pytest.mark.skipif(not PYTHON, reason="SUPERSET_PYTHON names no Python that has Superset: no BI tool made a chart")
def test_superset_finds_tables_and_metrics_and_makes_charts_of_them(tmp_path: Path) -> None:
    script = Path(__file__).with_name("bi.py")
    with wired(peopled(tmp_path / "shop")) as wire:
        url = wire.url.replace("postgresql:", "postgresql+psycopg2:")
        home = tmp_path / "superset"
        home.mkdir()
        command = [PYTHON, str(script), str(home), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, cwd=home)
        (total,) = wire.rows("select total from metrics.total")
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["connects"] == "OK"
    assert {"gold", "metrics", "silver"} <= {*found["schemas"]}
    assert "table sales" in found["silver"]
    assert {"view lines", "view total"} <= {*found["metrics"]}
    assert found["columns"].items() >= {"id": "TEXT", "day": "DATE", "amount": "NUMERIC(18, 4)"}.items()
    assert found["bars"] == [
        {"id": "ada", "amount": 1.5}, {"id": "bob", "amount": 20.25}, {"id": "eve", "amount": -0.0001},
    ]  # fmt: skip
    assert [row["amount"] for row in found["months"]] == [21.7499]
    assert [(row["amount"], row["count"]) for row in found["one day"]] == [(20.2499, 2)]
    assert found["metric"] == [{"total": float(total[0])}]
    assert "it is personal" in found["personal"]
