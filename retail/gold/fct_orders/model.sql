-- One row per order: the first Order Completed event counts, a reloaded page reports again, also past midnight.
with reported as (
    select
        event_date,
        order_id,
        event_at,
        visitor_id,
        user_id,
        revenue_amount,
        currency,
        lag(event_date) over (partition by order_id order by event_at, event_id) as previous_date
    from silver.clicks
    where event_name = 'Order Completed' and order_id is not null
)
select
    cast(from_utc_timestamp(event_at, setting('reporting_timezone')) as date) as order_date,
    order_id,
    event_at as ordered_at,
    visitor_id,
    user_id,
    coalesce(revenue_amount, 0) as revenue_amount,
    currency
from reported
where previous_date is null or datediff(event_date, previous_date) > 1
