-- One row per day, product and currency. Looks have no currency: they stand in the row in which the product sold most,
-- so where there are several rows the looks of one do not belong to its orders alone, and no row has a rate.
-- An event that names no product itself is about those that it lists, each once. Both kinds are read by themselves: what is
-- read for two is kept in memory.
with listing as (
    select
        event_id,
        event_date,
        cast(from_utc_timestamp(event_at, setting('reporting_timezone')) as date) as activity_date,
        event_name,
        currency
    from silver.clicks
    where event_name in ('Product Viewed', 'Product Added') and product_id is null
),
viewed as (
    select
        cast(from_utc_timestamp(event_at, setting('reporting_timezone')) as date) as activity_date,
        event_name,
        product_id,
        currency
    from silver.clicks
    where event_name in ('Product Viewed', 'Product Added') and product_id is not null
    union all
    select t.activity_date, t.event_name, i.product_id, min(coalesce(t.currency, i.currency)) as currency
    from listing as t
    join silver.event_items as i on i.event_id = t.event_id and i.event_date = t.event_date
    where i.product_id is not null
    group by t.event_id, t.activity_date, t.event_name, i.product_id
),
looked as (
    select
        activity_date,
        product_id,
        count_if(event_name = 'Product Viewed') as view_count,
        count_if(event_name = 'Product Added') as add_count,
        min(currency) as currency
    from viewed
    group by activity_date, product_id
),
sold as (
    select
        sold_date as activity_date,
        product_id,
        currency,
        count(distinct case when line_type = 'sale' then transaction_id end) as order_count,
        count(distinct case when line_type = 'sale' and channel in ('web', 'app') then transaction_id end)
            as online_order_count,
        sum(case when line_type in ('sale', 'return') and unit = 'piece' then quantity else 0 end) as unit_count,
        sum(net_amount) as net_amount,
        reporting_currency,
        case when count(*) = count(reporting_net_amount) then sum(reporting_net_amount) end as reporting_net_amount
    from gold.fct_sales
    group by sold_date, product_id, currency, reporting_currency
),
ranked as (
    select
        *,
        row_number() over (partition by activity_date, product_id order by order_count desc, currency) as place,
        count(*) over (partition by activity_date, product_id) as currency_count
    from sold
),
totals as (
    select
        coalesce(s.activity_date, l.activity_date) as activity_date,
        coalesce(s.product_id, l.product_id) as product_id,
        -- XXX is ISO 4217's code for no currency.
        coalesce(s.currency, l.currency, 'XXX') as currency,
        coalesce(l.view_count, 0) as view_count,
        coalesce(l.add_count, 0) as add_count,
        coalesce(s.order_count, 0) as order_count,
        coalesce(s.online_order_count, 0) as online_order_count,
        coalesce(s.unit_count, cast(0 as decimal(28, 4))) as unit_count,
        coalesce(s.net_amount, cast(0 as decimal(28, 10))) as net_amount,
        coalesce(
            s.reporting_currency,
            nullif(upper(trim(setting('reporting_currency'))), ''),
            l.currency,
            'XXX'
        ) as reporting_currency,
        coalesce(s.currency_count, 1) = 1 as is_one_currency,
        case when s.product_id is null then cast(0 as decimal(28, 10)) else s.reporting_net_amount end
            as reporting_net_amount
    from ranked as s
    full outer join looked as l
        on l.activity_date = s.activity_date and l.product_id = s.product_id and s.place = 1
)
select
    activity_date,
    product_id,
    currency,
    view_count,
    add_count,
    order_count,
    online_order_count,
    unit_count,
    net_amount,
    reporting_currency,
    reporting_net_amount,
    case when is_one_currency then try_divide(cast(add_count as double), cast(view_count as double)) end as view_to_add_rate,
    case when is_one_currency then try_divide(cast(online_order_count as double), cast(add_count as double)) end
        as add_to_buy_rate
from totals
