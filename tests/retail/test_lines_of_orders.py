"""An export that says what an order is on its first line only: each line has the time and currency of its order."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from marketpulse import flow
from marketpulse.project.project import load_project
from marketpulse.run.context import open_context
from marketpulse.settings import Settings

FILES = {
    "project.yaml": "name: my_shop\nextends: retail\n",
    "sources/exported.yaml": """\
        name: exported
        description: Orders export of the web shop.
        owner: ecommerce
        format: csv
        required: [name, created_at, lineitem_quantity, lineitem_price]
        groups: {by: [name], fill_down: [created_at, currency, payment_method]}
        """,
    "silver/sales/from_exported.sql": """\
        select
            name as transaction_id,
            _group_row as line_number,
            cast(try_cast(created_at as timestamp) as date) as sold_date,
            created_at as sold_at,
            email as customer_id,
            'web' as store_id,
            coalesce(lineitem_sku, lineitem_name) as product_id,
            lineitem_quantity as quantity,
            lineitem_price as unit_price,
            coalesce(lineitem_discount, '0') as discount_amount,
            currency,
            payment_method as payment_type,
            'web' as channel
        from bronze.exported
        """,
}
HEADER = (
    "Name,Email,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method,"
    "Lineitem discount,Notes\n"
)
FIRST = '#1001,ann@example.com,USD,2026-03-02 10:11:12 -0500,2,Shirt,39.50,LS-1,card,0.00,"Leave\nat the ""door"""\n'
MORE = """\
#1001,ann@example.com,,,1,Socks,12.00,WS-1,,2.00,
#1002,bo@example.com,USD,2026-03-02 22:45:00 -0500,1,Hat,55.00,FH-1,card,0.00,
#1003,cy@example.com,USD,2026-03-03 09:00:00 -0500,3,Socks,12.00,WS-1,card,0.00,
#1003,cy@example.com,,,1,Gift Card,1000.00,,,0.00,
#1003,cy@example.com,,,1,Shirt,39.50,LS-1,,5.00,
"""
ORDERS = """
    select transaction_id, count(*), count(distinct sold_at), min(currency), cast(sum(quantity) as int),
        cast(sum(quantity * unit_price - discount_amount) as double)
    from {rows} group by transaction_id order by transaction_id"""
RIGHT = [("#1001", 2, 1, "USD", 3, 89.0), ("#1002", 1, 1, "USD", 1, 55.0), ("#1003", 3, 1, "USD", 5, 1070.5)]


def test_each_line_has_the_time_and_currency_of_its_order(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    settings = Settings(tmp_path / "landing", tmp_path / "warehouse", tmp_path / "project", memory_mb=512)
    # The second export has an order of the first once more: its lines have the numbers that they had.
    for day, text in (("03", FIRST + MORE), ("04", MORE[MORE.index("#1002") :])):
        path = settings.landing / "exported" / f"ingest_date=2026-03-{day}" / "orders_export.csv"
        path.parent.mkdir(parents=True)
        path.write_text(HEADER + text, encoding="utf-8")
        with open_context(settings, load_project(settings.project)) as context:
            assert flow.run(context, flow.Options(["silver.sales"])).ok
            table = context.lake.find("silver.sales")
            rows = context.engine.bind("sold", table.types, [file.path for file in table.files()])
            assert context.engine.rows(ORDERS.format(rows=rows)) == RIGHT
