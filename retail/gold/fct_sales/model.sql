-- One row per sales line, with the dimension versions valid when it was sold.
with sales as (
    select
        *,
        cast(quantity * cast(unit_price as decimal(38, 4)) as decimal(18, 4)) as gross_amount
    from silver.sales
)
select
    s.transaction_id,
    s.line_number,
    s.sold_date,
    s.sold_at,
    coalesce(p.product_key, 'unknown') as product_key,
    coalesce(c.customer_key, 'unknown') as customer_key,
    coalesce(t.store_key, 'unknown') as store_key,
    s.product_id,
    s.customer_id,
    s.store_id,
    coalesce(p.category, 'unknown') as category,
    s.channel,
    s.payment_type,
    s.currency,
    s.quantity,
    s.unit_price,
    s.gross_amount,
    s.discount_amount,
    cast(s.gross_amount - s.discount_amount as decimal(18, 4)) as net_amount,
    s.quantity < 0 as is_return
from sales as s
left join gold.dim_product as p
    on p.product_id = s.product_id and s.sold_at >= p.valid_from and (p.valid_to is null or s.sold_at < p.valid_to)
left join gold.dim_customer as c
    on c.customer_id = s.customer_id and s.sold_at >= c.valid_from and (c.valid_to is null or s.sold_at < c.valid_to)
left join gold.dim_store as t
    on t.store_id = s.store_id and s.sold_at >= t.valid_from and (t.valid_to is null or s.sold_at < t.valid_to)
