-- One row per cohort month and month since, without holes up to the newest month.
with orders as (
    select customer_id, cast(trunc(sold_date, 'MM') as date) as month, sum(order_count) as order_count, sum(net_amount) as net_amount
    from gold.agg_customer_daily
    group by customer_id, cast(trunc(sold_date, 'MM') as date)
),
firsts as (
    select customer_id, min(month) as cohort_month
    from orders
    where order_count > 0
    group by customer_id
),
sizes as (
    select cohort_month, count(*) as cohort_size from firsts group by cohort_month
),
newest as (
    select max(month) as last_month from orders
),
grid as (
    select s.cohort_month, s.cohort_size, explode(sequence(s.cohort_month, n.last_month, interval 1 month)) as month
    from sizes as s
    cross join newest as n
),
activity as (
    select f.cohort_month, o.month, count_if(o.order_count > 0) as active_count, sum(o.net_amount) as net_amount
    from orders as o
    join firsts as f on f.customer_id = o.customer_id
    where o.month >= f.cohort_month
    group by f.cohort_month, o.month
)
select
    g.cohort_month,
    (year(g.month) - year(g.cohort_month)) * 12 + month(g.month) - month(g.cohort_month) as months_since,
    g.cohort_size,
    coalesce(a.active_count, 0) as active_count,
    cast(coalesce(a.active_count, 0) as double) / cast(g.cohort_size as double) as retention_rate,
    coalesce(a.net_amount, 0) as net_amount,
    sum(coalesce(a.net_amount, 0)) over (
        partition by g.cohort_month order by g.month rows between unbounded preceding and current row
    ) as cumulative_net_amount
from grid as g
left join activity as a on a.cohort_month = g.cohort_month and a.month = g.month
