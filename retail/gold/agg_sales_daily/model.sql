-- One row per day, store, channel and category.
with totals as (
    select
        sold_date,
        store_id,
        channel,
        category,
        count(distinct case when not is_return then transaction_id end) as order_count,
        sum(case when is_return then 0 else quantity end) as unit_count,
        sum(case when is_return then 0 else gross_amount end) as gross_amount,
        sum(case when is_return then 0 else discount_amount end) as discount_amount,
        sum(case when is_return then -net_amount else 0 end) as returns_amount
    from gold.fct_sales
    group by sold_date, store_id, channel, category
)
select
    sold_date,
    store_id,
    channel,
    category,
    order_count,
    unit_count,
    gross_amount,
    discount_amount,
    returns_amount,
    gross_amount - discount_amount - returns_amount as net_amount,
    try_divide(cast(gross_amount - discount_amount as double), cast(order_count as double)) as average_order_amount
from totals
