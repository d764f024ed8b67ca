-- One row per line of an order. Time and currency stand on its first line and are filled down.
select
    name as order_name,
    _group_row as line_number,
    cast(try_cast(created_at as timestamp) as date) as order_date,
    created_at as ordered_at,
    email,
    coalesce(lineitem_sku, lineitem_name) as sku,
    lineitem_quantity as quantity,
    try_cast(lineitem_quantity as int) * try_cast(lineitem_price as decimal(18, 4)) as gross_amount,
    try_cast(lineitem_quantity as int) * try_cast(lineitem_price as decimal(18, 4))
        - coalesce(try_cast(lineitem_discount as decimal(18, 4)), 0) as net_amount,
    currency
from bronze.shopify
