-- One row per day, store, channel and currency. An order counts once a day, where its first line of a sale is.
with lines as (
    select
        *,
        line_type = 'sale' and row_number() over (
            partition by sold_date, transaction_id
            order by case when line_type = 'sale' then 0 else 1 end, sold_at, line_number
        ) = 1 as is_order
    from gold.fct_sales
),
totals as (
    select
        sold_date,
        store_id,
        channel,
        currency,
        count_if(is_order) as order_count,
        sum(case when line_type = 'sale' and unit = 'piece' then quantity else 0 end) as unit_count,
        sum(case when line_type = 'sale' then gross_amount else 0 end) as gross_amount,
        sum(case when line_type = 'sale' then discount_amount else 0 end) as discount_amount,
        sum(case when line_type = 'return' then -net_amount else 0 end) as returns_amount,
        sum(case when line_type = 'shipping' then net_amount else 0 end) as shipping_amount,
        sum(case when line_type = 'fee' then net_amount else 0 end) as fee_amount,
        sum(case when line_type in ('void', 'write_off', 'adjustment') then net_amount else 0 end) as adjustment_amount,
        sum(net_amount) as net_amount,
        reporting_currency,
        -- One rate that is missing leaves the sum unknown.
        case when count(*) = count(reporting_net_amount) then sum(reporting_net_amount) end as reporting_net_amount
    from lines
    group by sold_date, store_id, channel, currency, reporting_currency
)
select
    sold_date,
    store_id,
    channel,
    currency,
    order_count,
    unit_count,
    gross_amount,
    discount_amount,
    returns_amount,
    shipping_amount,
    fee_amount,
    adjustment_amount,
    net_amount,
    cast(
        try_divide(cast(gross_amount - discount_amount as double), cast(order_count as double)) as decimal(18, 4)
    ) as average_order_amount,
    reporting_currency,
    reporting_net_amount
from totals
