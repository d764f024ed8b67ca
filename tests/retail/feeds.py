"""A landing zone and a warehouse for the silver tables of the packaged project, and the headers of its feeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from marketpulse import flow
from marketpulse.run.context import open_context
from marketpulse.settings import Settings
from tests.retail.lab import packaged

SALES = (
    "transaction_id,line_number,customer_id,store_id,product_id,sold_at,quantity,unit_price,discount,payment_type,"
    "currency,channel"
)
PRODUCTS = "product_id,name,category,subcategory,brand,price,currency,is_active,updated_at"
CUSTOMERS = "customer_id,first_name,last_name,email,phone,city,region,country,birth_date,loyalty_tier,updated_at"
STORES = "store_id,name,city,region,country,timezone,format,opened_date,updated_at"


class Feeds:
    """A landing zone and a warehouse for the silver tables of the packaged project."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings(root / "landing", root / "warehouse", memory_mb=512)
        (root / "landing").mkdir()

    def land(self, feed: str, *lines: str, name: str = "a") -> None:
        """Land one file of a feed."""
        target = self.settings.landing / feed / "ingest_date=2026-03-02" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(self, table: str) -> dict[str, int]:
        """Bring a table up to date, with `+` before it what it is made of too; what each rule warns of."""
        with open_context(self.settings, packaged()) as context:
            report = flow.run(context, flow.Options([table]))
        assert report.ok, [entry.message for entry in report.tables]
        counts = [counts for entry in report.tables for counts in entry.feeds]
        fired = [each.warnings for each in [*counts, *report.tables]]
        return {rule: number for each in fired for rule, number in each.items()}

    def ask(self, columns: str, table: str, order: str) -> list[tuple[Any, ...]]:
        """Columns of a table as text."""
        with open_context(self.settings, packaged()) as context:
            found = context.lake.find(table)
            if found is None:
                return []
            asked = context.engine.bind("asked", found.types, [file.path for file in found.files()])
            texts = ", ".join(f"cast({column.strip()} as varchar)" for column in columns.split(","))
            return context.engine.rows(f"select {texts} from {asked} order by {order}")

    def reasons(self) -> dict[str, list[str]]:
        """Rules that each quarantined row broke, by its key."""
        rows = self.ask("record_key, errors", "silver.quarantine", "source_file, source_row")
        return {key: sorted(error["rule"] for error in json.loads(errors)) for key, errors in rows}
