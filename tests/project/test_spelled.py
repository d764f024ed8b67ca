"""A feed that writes in its own way, from its source to the table: no value is guessed, and none is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from marketpulse.names import QUARANTINE
from marketpulse.project.spelled import reading
from tests.shop import MiniShop

SOURCE = "name: sales\ndescription: Lines.\nowner: tills\nformat: csv\nrequired: [id, day]\n"
GERMAN = SOURCE + "csv: {delimiter: ';', decimal: ',', thousands: '.', date: dd.MM.yyyy}\n"
LINES = "id;day;qty;amount\n1.000;10.03.2026;2;1.234,56\nb;10.03.2026;1;1,234.56\nc;10.03.2026;1;12.5\n"


@pytest.mark.engines
def test_values_arrive_right_or_in_quarantine_as_they_were_written(shop: MiniShop) -> None:
    shop.write("sources/sales.yaml", GERMAN)
    shop.edit(
        "silver/sales/contract.yaml",
        "customProperties:\n",
        "customProperties:\n  - {property: rejectedShareLimit, value: 1}\n",
    )
    shop.land("sales/a.csv", LINES)
    shop.run()
    ((key, _, _, amount, *_),) = shop.rows("silver.sales")
    assert (key, amount) == ("1.000", Decimal("1234.5600"))
    kept = list(shop.rows(QUARANTINE))
    assert sorted("1,234.56" in str(row) for row in kept) == [False, True]
    assert all("amount is not a number written as 1.234,5" in str(row) for row in kept)


def test_a_feed_that_says_otherwise_how_it_writes_is_read_anew(shop: MiniShop) -> None:
    shop.write("sources/sales.yaml", GERMAN)
    shop.land("sales/a.csv", "id;day;qty;amount\na;10.03.2026;2;1.234\n")
    shop.run()
    assert shop.rows("silver.sales")[0][3] == Decimal("1234.0000")
    shop.write("sources/sales.yaml", GERMAN.replace("decimal: ',', thousands: '.', ", ""))
    shop.run()
    assert shop.rows("silver.sales")[0][3] == Decimal("1.2340")


def test_a_feed_that_writes_as_sql_does_changes_no_fingerprint(shop: MiniShop) -> None:
    before = shop.project().table("silver.sales").fingerprints
    shop.write("sources/sales.yaml", SOURCE + "csv: {skip: 0}\n")
    assert shop.project().table("silver.sales").fingerprints == before


def test_a_column_that_becomes_a_number_and_a_date_is_told_at_the_mapping(shop: MiniShop) -> None:
    shop.write("sources/sales.yaml", GERMAN)
    shop.edit("silver/sales/from_sales.sql", "qty, amount", "day as qty, amount")
    told = str(shop.project().problems["silver.sales"][0])
    assert "from_sales.sql" in told
    assert "day becomes a number and a date" in told


def test_how_columns_are_called_and_written_is_told(shop: MiniShop) -> None:
    shop.write("sources/sales.yaml", GERMAN.replace("decimal:", "names: {Währung: currency}, decimal:"))
    project = shop.project()
    assert list(reading(project.sources, project.tables)) == [
        "sales: 'Währung' is currency",
        "sales: amount is a number written as 1.234,5, for silver.sales",
        "sales: day is a date written as dd.MM.yyyy, for silver.sales",
        "sales: qty is a number written as 1.234,5, for silver.sales",
    ]
