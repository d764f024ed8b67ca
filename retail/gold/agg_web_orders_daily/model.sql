-- One row per day and currency: what was ordered online, what was paid back on that day, and what is left.
with told as (
    select
        order_date as activity_date,
        coalesce(currency, 'unknown') as currency,
        reporting_currency,
        revenue_amount is not null and reporting_revenue_amount is null as lacks_rate,
        1 as order_count,
        case when revenue_amount is null then 1 else 0 end as unknown_count,
        coalesce(revenue_amount, 0) as gross_amount,
        coalesce(reporting_revenue_amount, 0) as reporting_gross_amount,
        0 as refund_count,
        0 as cancelled_count,
        0 as unknown_refund_count,
        cast(0 as decimal(28, 4)) as refunded_amount,
        cast(0 as decimal(28, 4)) as reporting_refunded_amount
    from gold.fct_orders
    union all
    select
        refund_date as activity_date,
        coalesce(currency, 'unknown') as currency,
        reporting_currency,
        refund_amount is not null and reporting_refund_amount is null as lacks_rate,
        0 as order_count,
        0 as unknown_count,
        cast(0 as decimal(28, 4)) as gross_amount,
        cast(0 as decimal(28, 4)) as reporting_gross_amount,
        case when kind = 'refund' then 1 else 0 end as refund_count,
        case when kind = 'cancellation' then 1 else 0 end as cancelled_count,
        case when refund_amount is null then 1 else 0 end as unknown_refund_count,
        coalesce(refund_amount, 0) as refunded_amount,
        coalesce(reporting_refund_amount, 0) as reporting_refunded_amount
    from gold.fct_refunds
)
select
    activity_date,
    currency,
    sum(order_count) as order_count,
    sum(unknown_count) as unknown_count,
    sum(gross_amount) as gross_amount,
    sum(refund_count) as refund_count,
    sum(cancelled_count) as cancelled_count,
    sum(unknown_refund_count) as unknown_refund_count,
    sum(refunded_amount) as refunded_amount,
    sum(gross_amount) - sum(refunded_amount) as net_amount,
    reporting_currency,
    case
        when not bool_or(lacks_rate) then sum(reporting_gross_amount) - sum(reporting_refunded_amount)
    end as reporting_net_amount
from told
group by activity_date, currency, reporting_currency
