-- One row per order, for ever: its first report counts, whenever it is reported again.
-- What the first report does not say is taken from the others: who ordered and in which visit, from the first that says so
-- within `session_gap_minutes` (the server and the browser report one order); the revenue, from the first that has one.
with reports as (
    select
        *,
        row_number() over (partition by order_id order by event_at, event_id) as place,
        unix_micros(event_at) - unix_micros(min(event_at) over (partition by order_id))
            <= cast(setting('session_gap_minutes') as bigint) * 60000000 as is_near
    from gold.fct_order_reports
    where told = 'completed'
),
places as (
    select
        order_id,
        min(case when is_in_visit and is_near then place end) as visit_place,
        min(case when user_id is not null and is_near then place end) as user_place,
        min(case when amount is not null then place end) as paid_place
    from reports
    group by order_id
),
orders as (
    select
        r.order_id,
        cast(from_utc_timestamp(min(r.event_at), setting('reporting_timezone')) as date) as order_date,
        min(r.event_at) as ordered_at,
        max(case when r.place = coalesce(p.visit_place, 1) then r.visitor_id end) as visitor_id,
        max(case when r.place = p.visit_place then r.event_id end) as visit_event_id,
        max(case when r.place = p.visit_place then r.event_at end) as visit_event_at,
        max(case when r.place = p.user_place then r.user_id end) as user_id,
        max(case when r.place = p.paid_place then r.amount end) as revenue_amount,
        max(case when r.place = coalesce(p.paid_place, 1) then r.currency end) as currency
    from reports as r
    join places as p on p.order_id = r.order_id
    group by r.order_id
),
reported as (
    select *, coalesce(nullif(upper(trim(setting('reporting_currency'))), ''), currency) as reporting_currency from orders
)
-- At the rate of the day of the order, or the last one before it.
select
    o.order_id,
    o.order_date,
    o.ordered_at,
    o.visitor_id,
    o.visit_event_id,
    o.visit_event_at,
    o.user_id,
    o.revenue_amount,
    o.currency,
    o.reporting_currency,
    case
        when o.currency <=> o.reporting_currency then o.revenue_amount
        else cast(cast(o.revenue_amount as decimal(19, 4)) * r.rate as decimal(28, 4))
    end as reporting_revenue_amount,
    coalesce(
        o.currency <> o.reporting_currency and o.order_date > date_add(r.valid_from, setting('exchange_rate_days')), false
    ) as is_rate_old
from reported as o
left join gold.dim_exchange_rate as r
    on r.currency = o.currency and r.reporting_currency = o.reporting_currency
    and o.order_date >= r.valid_from and (r.valid_to is null or o.order_date < r.valid_to)
