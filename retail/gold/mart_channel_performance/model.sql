-- One row per day, channel, attribution model and currency: what it cost, and what it brought.
with costs as (
    select
        cost_date as activity_date,
        channel,
        reporting_currency as currency,
        bool_or(reporting_cost_amount is null) as lacks_rate,
        sum(reporting_cost_amount) as cost_amount,
        sum(click_count) as click_count,
        sum(impression_count) as impression_count
    from gold.fct_marketing_costs
    group by cost_date, channel, reporting_currency
),
visits as (
    select
        session_date as activity_date,
        channel,
        count(*) as visit_count
    from gold.fct_touches
    where touch_number = 1
    group by session_date, channel
),
-- Few orders are of unknown revenue: to join these alone is to look up little.
unknown as (
    select order_date, order_id from gold.fct_orders where revenue_amount is null
),
credits as (
    select
        a.order_date as activity_date,
        a.channel,
        a.model,
        coalesce(a.currency, 'unknown') as currency,
        bool_or(a.credit <> 0 and a.credit_amount is null and u.order_id is null) as lacks_rate,
        sum(a.credit) as order_count,
        sum(case when u.order_id is not null then a.credit else 0 end) as unknown_count,
        sum(coalesce(a.credit_amount, 0)) as revenue_amount,
        sum(case when f.order_id is not null then a.credit else 0 end) as new_customer_count
    from gold.mart_attribution as a
    left join unknown as u on u.order_id = a.order_id and u.order_date = a.order_date
    left join gold.fct_first_orders as f on f.order_id = a.order_id
    group by a.order_date, a.channel, a.model, coalesce(a.currency, 'unknown')
),
channels as (
    select activity_date, channel from costs
    union
    select activity_date, channel from visits
    union
    select activity_date, channel from credits
),
-- Visits have no currency: they stand beside each that costs or orders of the day are in.
currencies as (
    select activity_date, currency from costs
    union
    select activity_date, currency from credits
),
models as (
    select explode(array('first', 'last', 'linear', 'position', 'time_decay')) as model
),
places as (
    select
        c.activity_date,
        c.channel,
        m.model,
        coalesce(k.currency, nullif(upper(trim(setting('reporting_currency'))), ''), 'unknown') as currency
    from channels as c
    cross join models as m
    left join currencies as k on k.activity_date = c.activity_date
),
totals as (
    select
        p.activity_date,
        p.channel,
        p.model,
        p.currency,
        case when not coalesce(k.lacks_rate, false) then coalesce(k.cost_amount, 0) end as cost_amount,
        k.click_count,
        k.impression_count,
        coalesce(v.visit_count, 0) as visit_count,
        coalesce(r.order_count, 0) as order_count,
        coalesce(r.unknown_count, 0) as unknown_count,
        case when not coalesce(r.lacks_rate, false) then coalesce(r.revenue_amount, 0) end as revenue_amount,
        coalesce(r.new_customer_count, 0) as new_customer_count
    from places as p
    left join costs as k
        on k.activity_date = p.activity_date and k.channel = p.channel and k.currency = p.currency
    left join visits as v on v.activity_date = p.activity_date and v.channel = p.channel
    left join credits as r
        on r.activity_date = p.activity_date and r.channel = p.channel
        and r.model = p.model and r.currency = p.currency
)
select
    activity_date,
    channel,
    model,
    currency,
    cost_amount,
    click_count,
    impression_count,
    visit_count,
    order_count,
    unknown_count,
    revenue_amount,
    new_customer_count,
    cast(
        case when cost_amount > 0 then cast(revenue_amount as double) / cast(cost_amount as double) end as decimal(28, 4)
    ) as return_on_ad_spend,
    cast(
        try_divide(cast(cost_amount as double), cast(order_count as double)) as decimal(28, 4)
    ) as cost_per_order,
    cast(
        try_divide(cast(cost_amount as double), cast(new_customer_count as double)) as decimal(28, 4)
    ) as acquisition_cost
from totals
