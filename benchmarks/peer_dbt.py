"""The same silver and gold by dbt-duckdb, over the same SQL: a project is written, then `dbt run`.

python benchmarks/peer_dbt.py LANDING OUT MODELS_JSON
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import floor

PROJECT = """
name: peer
version: "1.0"
profile: peer
model-paths: [models]
models: {peer: {+materialized: external, +format: parquet}}
"""


def main(landing: Path, out: Path, models: Path) -> None:
    """Write the project into `out` and run it with two threads."""
    (out / "models").mkdir(parents=True, exist_ok=True)
    queries = floor.silver(landing)
    queries |= {model["name"]: model["duckdb"] for model in json.loads(models.read_text())}
    for name, query in queries.items():
        text = re.sub(r'"((?:silver|gold)\.\w+)"', lambda m: "{{ ref('" + m[1].replace(".", "__") + "') }}", query)
        (out / "models" / f"{name.replace('.', '__')}.sql").write_text(_escaped(text))
    (out / "dbt_project.yml").write_text(PROJECT)
    # Not in `settings`: those are set again for every model, which a directory in use refuses.
    options = {"memory_limit": "1400MB", "temp_directory": f"{out}/spill", "threads": 2}
    target = {"type": "duckdb", "path": f"{out}/peer.duckdb", "threads": 1, "settings": {"TimeZone": "UTC"}}
    target["config_options"] = options
    target["external_root"] = str(out)
    profile = {"peer": {"target": "dev", "outputs": {"dev": target}}}
    (out / "profiles.yml").write_text(json.dumps(profile))
    command = [str(Path(sys.executable).parent / "dbt"), "run", "--project-dir", str(out), "--profiles-dir", str(out)]
    environment = {"PATH": "/usr/bin:/bin", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    subprocess.run(command, check=True, env=environment)


def _escaped(text: str) -> str:
    """Keep dbt's template language away from braces of the SQL, but not from the references."""
    parts = re.split(r"(\{\{ ref\('\w+'\) \}\})", text)
    return "".join(p if p.startswith("{{ ref(") else "{% raw %}" + p + "{% endraw %}" for p in parts)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), Path(sys.argv[3]))
