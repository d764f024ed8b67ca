"""A year of groceries, from a package on the shelf to answers: land, run, show. `make example` calls this.

python examples/complete_journey/run.py --folder demo/complete_journey
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent


def marketpulse(*arguments: str) -> int:
    """Say the command, run it, give its exit code."""
    print(f"\n$ marketpulse {' '.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "marketpulse", *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command line


def main() -> int:
    """Land once, run, show what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("demo/complete_journey"))
    folder = parser.parse_args().folder
    landing, project = folder / "landing", _short(PROJECT)
    landed = folder / ".landed"
    if not landed.exists():
        from land import land

        print(f"landing the year in {landing} (once)", flush=True)
        print(f"{land(landing):,} files", flush=True)
        landed.touch()
    where = ("--project", project, "--warehouse", f"{folder}/warehouse")
    code = marketpulse("run", "--landing", str(landing), *where) or marketpulse("headlines", *where)
    if code == 0:
        _next(f"--landing {landing} ", " ".join(where))
    return code


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _next(landing: str, where: str) -> None:
    print("Try next")
    for command in (
        f"run {landing}{where}",
        f'query "select * from gold.mart_cohort_retention order by cohort_month, months_since" {where}',
        f"quarantine list {where}",
        f"lineage gold.fct_sales.net_amount --project {_short(PROJECT)}",
        f"docs {where} --output catalog.html",
    ):
        print(f"  marketpulse {command}")


if __name__ == "__main__":
    sys.exit(main())
