-- One row per order: its first line.
select
    name as order_name,
    cast(try_cast(created_at as timestamp) as date) as order_date,
    financial_status as status,
    cancelled_at is not null as is_cancelled,
    total as total_amount,
    coalesce(refunded_amount, '0') as refunded_amount,
    currency
from bronze.shopify
where _group_row = 1
