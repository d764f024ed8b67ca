-- One row per event that paid an order back, in part or whole; a cancellation pays back all of it.
-- An order is never paid back twice: what is left of it after the refunds before is the most that a refund counts for.
with reports as (
    select *, told = 'cancelled' or (amount is null and not is_partial_unpriced) as is_whole
    from gold.fct_order_reports
    where told in ('refunded', 'cancelled')
),
told as (
    select
        r.event_id,
        r.event_at,
        cast(from_utc_timestamp(r.event_at, setting('reporting_timezone')) as date) as refund_date,
        case r.told when 'cancelled' then 'cancellation' else 'refund' end as kind,
        r.order_id,
        o.order_date,
        r.user_id,
        r.is_whole,
        r.amount as reported_amount,
        r.currency as reported_currency,
        o.revenue_amount as order_amount,
        o.currency as order_currency,
        -- Of the whole order, its own where it has one; of what was reported, the reported one where there is one.
        case
            when o.currency is not null and (r.is_whole or r.currency is null) then o.currency
            else r.currency
        end as currency,
        case when r.is_whole then o.revenue_amount else r.amount end as told_amount
    from reports as r
    left join gold.fct_orders as o on o.order_id = r.order_id
),
-- Only in the same currency are the two amounts compared.
claimed as (
    select
        *,
        case when not is_whole or order_currency <=> currency then told_amount end as claimed_amount,
        order_amount is not null and order_currency <=> currency as is_of_order
    from told
),
summed as (
    select
        *,
        sum(case when is_of_order then claimed_amount else 0 end) over (
            partition by order_id, currency order by event_at, event_id
            rows between unbounded preceding and current row
        ) as claimed_sum
    from claimed
),
counted as (
    select
        *,
        case
            when is_of_order and claimed_amount is not null
                then least(order_amount, claimed_sum) - least(order_amount, claimed_sum - claimed_amount)
            else claimed_amount
        end as refund_amount,
        coalesce(nullif(upper(trim(setting('reporting_currency'))), ''), currency) as reporting_currency
    from summed
)
-- At the rate of the day of the refund, or the last one before it.
select
    c.event_id,
    c.refund_date,
    c.event_at as refunded_at,
    c.kind,
    c.order_id,
    c.order_date,
    c.user_id,
    c.is_whole,
    c.reported_amount,
    c.reported_currency,
    c.refund_amount,
    c.currency,
    c.order_currency,
    c.reporting_currency,
    case
        when c.currency <=> c.reporting_currency then c.refund_amount
        else cast(cast(c.refund_amount as decimal(19, 4)) * r.rate as decimal(28, 4))
    end as reporting_refund_amount,
    coalesce(
        c.currency <> c.reporting_currency and c.refund_date > date_add(r.valid_from, setting('exchange_rate_days')), false
    ) as is_rate_old
from counted as c
left join gold.dim_exchange_rate as r
    on r.currency = c.currency and r.reporting_currency = c.reporting_currency
    and c.refund_date >= r.valid_from and (r.valid_to is null or c.refund_date < r.valid_to)
