"""Lands UCI Online Retail as the shop would deliver it: one CSV file of invoice lines a day.

    python examples/online_retail/land.py "Online Retail.xlsx" --landing demo/online_retail/landing

Takes the workbook as it is downloaded (needs `pip install pandas openpyxl`), or a folder that holds a file
YYYY-MM-DD.csv for each day already. Values stay as they are; what they mean is said in `silver/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

STORES = Path(__file__).parent / "stores.csv"


def land(data: Path, landing: Path) -> int:
    """Write one file a day, and the list of stores; how many there are now."""
    _write(landing / "stores" / "ingest_date=2010-12-01" / "stores.csv", STORES.read_bytes())
    count = 1
    for day, content in _folder(data) if data.is_dir() else _workbook(data):
        _write(landing / "online_retail" / f"ingest_date={day}" / f"{day}.csv", content)
        count += 1
    return count


def _folder(data: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(data.glob("????-??-??.csv")):
        yield file.stem, file.read_bytes()


def _workbook(data: Path) -> Iterator[tuple[str, bytes]]:
    try:
        import openpyxl  # noqa: F401 - pandas reads workbooks with it
        import pandas as pd
    except ImportError:
        raise SystemExit("error: a workbook needs two packages\nhint: pip install pandas openpyxl") from None
    lines = pd.read_excel(data, dtype={"InvoiceNo": str, "StockCode": str, "Description": str})
    for day, of_day in lines.groupby(lines["InvoiceDate"].dt.date):
        yield str(day), of_day.to_csv(index=False).encode()


def _write(path: Path, content: bytes) -> None:
    """Make a file appear whole: names that begin with a dot are not read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def main() -> None:
    """Land from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the workbook, or a folder of daily files")
    parser.add_argument("--landing", type=Path, default=Path("demo/online_retail/landing"))
    arguments = parser.parse_args()
    if not arguments.data.exists():
        parser.error(f"there is no {arguments.data}; README.md says where to get it")
    print(f"{land(arguments.data, arguments.landing):,} files in {arguments.landing}")


if __name__ == "__main__":
    main()
