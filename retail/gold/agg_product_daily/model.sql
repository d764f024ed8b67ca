-- One row per day and product that was looked at or sold.
with looked as (
    select
        event_date as activity_date,
        product_id,
        count_if(event_name = 'Product Viewed') as view_count,
        count_if(event_name = 'Product Added') as add_count,
        cast(0 as bigint) as order_count,
        cast(0 as bigint) as online_order_count,
        cast(0 as bigint) as unit_count,
        cast(0 as decimal(18, 4)) as net_amount
    from silver.clicks
    where product_id is not null and event_name in ('Product Viewed', 'Product Added')
    group by event_date, product_id
),
sold as (
    select
        sold_date as activity_date,
        product_id,
        cast(0 as bigint) as view_count,
        cast(0 as bigint) as add_count,
        count(distinct case when not is_return then transaction_id end) as order_count,
        count(distinct case when not is_return and channel in ('web', 'app') then transaction_id end)
            as online_order_count,
        cast(sum(quantity) as bigint) as unit_count,
        cast(sum(net_amount) as decimal(18, 4)) as net_amount
    from gold.fct_sales
    group by sold_date, product_id
),
both as (
    select * from looked
    union all
    select * from sold
),
totals as (
    select
        activity_date,
        product_id,
        sum(view_count) as view_count,
        sum(add_count) as add_count,
        sum(order_count) as order_count,
        sum(online_order_count) as online_order_count,
        sum(unit_count) as unit_count,
        sum(net_amount) as net_amount
    from both
    group by activity_date, product_id
)
select
    activity_date,
    product_id,
    view_count,
    add_count,
    order_count,
    online_order_count,
    unit_count,
    net_amount,
    try_divide(cast(add_count as double), cast(view_count as double)) as view_to_add_rate,
    try_divide(cast(online_order_count as double), cast(add_count as double)) as add_to_buy_rate
from totals
