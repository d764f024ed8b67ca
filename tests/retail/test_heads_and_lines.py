"""Receipts and their lines in two files fill retail's sales, whichever comes first."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from marketpulse import flow
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.run.report import FeedCounts
from marketpulse.settings import Settings
from tests.shop import result

FILES = {
    "project.yaml": "name: my_shop\nextends: retail\n",
    "sources/receipts.yaml": """\
        name: receipts
        description: A line a receipt.
        owner: tills
        format: csv
        required: [receipt, closed_at, store, card]
        """,
    "sources/receipt_lines.yaml": """\
        name: receipt_lines
        description: A line an article.
        owner: tills
        format: csv
        required: [receipt, pos, article, qty, price]
        """,
    "silver/receipts/contract.yaml": """\
        owner: tills
        key: [receipt_id]
        columns:
          receipt_id: string Number.
          sold_at: timestamp! When it was closed.
          store_id: string! Store.
          customer_id: {type: string, identifies: customer, description: Card that was shown.}
        """,
    "silver/receipts/from_receipts.sql": """\
        select receipt as receipt_id, closed_at as sold_at, store as store_id, nullif(card, '') as customer_id
        from bronze.receipts
        """,
    "silver/sales/from_receipt_lines.sql": """\
        select
            l.receipt as transaction_id,
            l.pos as line_number,
            cast(r.sold_at as date) as sold_date,
            r.sold_at,
            r.customer_id,
            r.store_id,
            l.article as product_id,
            l.qty as quantity,
            l.price as unit_price,
            '0' as discount_amount,
            'EUR' as currency,
            'store' as channel
        from bronze.receipt_lines as l
        left join silver.receipts as r on r.receipt_id = l.receipt
        """,
}
DAY = "ingest_date=2026-03-02"
SALES = "select transaction_id, line_number, store_id, customer_id, cast(sold_date as string) from {rows} order by 1, 2"


def sales(root: Path, name: str, text: str) -> tuple[FeedCounts, list[tuple[object, ...]]]:
    """Land a file and run; what became of the lines, and all sales."""
    file = root / "landing" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    settings = Settings(root / "landing", root / "warehouse", root / "project", memory_mb=512)
    with open_context(settings, load_project(root / "project")) as context:
        report = flow.run(context, flow.Options(["silver.receipts", "silver.sales"]))
        assert report.ok, report
        table = context.lake.find("silver.sales")
        rows = context.engine.bind("sales", table.types, [file.path for file in table.files()])
        return result(report, "silver.sales").feeds[0], context.engine.rows(SALES.format(rows=rows))


def test_lines_of_receipts_are_sales_as_soon_as_their_receipt_is_there(tmp_path: Path) -> None:
    for path, text in FILES.items():
        target = tmp_path / "project" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    lines = "receipt,pos,article,qty,price\n1,1,tea,2,3.50\n1,2,milk,1,1.20\n2,1,tea,1,3.50\n"
    counts, found = sales(tmp_path, f"receipt_lines/{DAY}/a.csv", lines)
    assert (counts.waiting, found) == (3, [])
    heads = "receipt,closed_at,store,card\n1,2026-03-01 09:00:00,S1,K-1\n"
    counts, found = sales(tmp_path, f"receipts/{DAY}/a.csv", heads)
    assert (counts.accepted, counts.again) == (2, 2)
    assert found == [("1", 1, "S1", "K-1", "2026-03-01"), ("1", 2, "S1", "K-1", "2026-03-01")]
