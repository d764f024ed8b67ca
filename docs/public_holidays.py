"""Write retail/reference/holidays.csv with the library `holidays` (MIT, by its community), which only this page needs.

    pip install holidays==0.109
    python docs/public_holidays.py                                   # the pack's own countries
    python docs/public_holidays.py SE FI > my-shop/reference/holidays.csv

Holidays of the whole country, named in English; those of parts of a country (states, Länder) are not among them.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import holidays  # type: ignore[import-not-found, unused-ignore]

TARGET = Path(__file__).parents[1] / "retail" / "reference" / "holidays.csv"
COUNTRIES = ("CA", "DE", "FR", "GB", "US")
YEARS = range(2000, 2050)


def write(countries: Sequence[str], file: TextIO) -> None:
    """One row a country and day."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("country", "holiday_date", "holiday_name"))
    for country in sorted(countries):
        found = holidays.country_holidays(country, years=YEARS, language="en_US")
        writer.writerows((country, day.isoformat(), name) for day, name in sorted(found.items()) if day.year in YEARS)


def main() -> None:
    """Write the pack's file, or other countries to the standard output."""
    if len(sys.argv) > 1:
        write(sys.argv[1:], sys.stdout)
    else:
        with TARGET.open("w", encoding="utf-8", newline="") as file:
            write(COUNTRIES, file)


if __name__ == "__main__":
    main()
