-- One row per cohort month, month since and reporting currency, without holes up to the newest month.
-- A customer is of a cohort in each currency in which there is an order.
with orders as (
    select
        customer_id,
        reporting_currency as currency,
        cast(trunc(sold_date, 'MM') as date) as month,
        sum(order_count) as order_count,
        sum(reporting_net_amount) as net_amount,
        count_if(reporting_net_amount is null) as missing_count
    from gold.agg_customer_daily
    group by customer_id, reporting_currency, cast(trunc(sold_date, 'MM') as date)
),
firsts as (
    select customer_id, currency, min(month) as cohort_month
    from orders
    where order_count > 0
    group by customer_id, currency
),
sizes as (
    select cohort_month, currency, count(*) as cohort_size from firsts group by cohort_month, currency
),
newest as (
    select max(month) as last_month from orders
),
grid as (
    select
        s.cohort_month,
        s.currency,
        s.cohort_size,
        explode(sequence(s.cohort_month, n.last_month, interval 1 month)) as month
    from sizes as s
    cross join newest as n
),
activity as (
    select
        f.cohort_month,
        f.currency,
        o.month,
        count_if(o.order_count > 0) as active_count,
        sum(o.net_amount) as net_amount,
        sum(o.missing_count) as missing_count
    from orders as o
    join firsts as f on f.customer_id = o.customer_id and f.currency = o.currency
    where o.month >= f.cohort_month
    group by f.cohort_month, f.currency, o.month
),
grown as (
    select
        g.*,
        coalesce(a.active_count, 0) as active_count,
        coalesce(a.net_amount, cast(0 as decimal(28, 10))) as net_amount,
        coalesce(a.missing_count, 0) as missing_count,
        sum(coalesce(a.net_amount, cast(0 as decimal(28, 10)))) over (
            partition by g.cohort_month, g.currency order by g.month rows between unbounded preceding and current row
        ) as cumulative_net_amount,
        sum(coalesce(a.missing_count, 0)) over (
            partition by g.cohort_month, g.currency order by g.month rows between unbounded preceding and current row
        ) as cumulative_missing_count
    from grid as g
    left join activity as a
        on a.cohort_month = g.cohort_month and a.currency = g.currency and a.month = g.month
)
select
    cohort_month,
    (year(month) - year(cohort_month)) * 12 + month(month) - month(cohort_month) as months_since,
    currency,
    cohort_size,
    active_count,
    cast(active_count as double) / cast(cohort_size as double) as retention_rate,
    -- One rate that is missing leaves the sum unknown.
    case when missing_count = 0 then net_amount end as net_amount,
    case when cumulative_missing_count = 0 then cumulative_net_amount end as cumulative_net_amount
from grown
