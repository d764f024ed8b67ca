-- One row per order, model and touch of the customer in the 30 days before the order, on any browser.
with orders as (
    select
        o.order_date,
        o.order_id,
        o.ordered_at,
        o.reporting_revenue_amount as revenue_amount,
        o.reporting_currency as currency,
        w.person_id
    from gold.fct_orders as o
    join gold.fct_order_owners as w on w.order_id = o.order_id and w.order_date = o.order_date
),
-- A touch is of the person whose visit it is, and a visit is of one person from its start to its end.
visits as (
    select *, min(touched_at) over (partition by session_id) as started_at from gold.fct_touches
),
met as (
    select
        s.session_id,
        s.session_date,
        s.touch_number,
        s.channel,
        s.touched_at,
        coalesce(v.customer_id, s.user_id, concat('visitor|', s.visitor_id)) as person_id
    from visits as s
    left join gold.dim_visitor as v
        on v.visitor_id = coalesce(s.user_id, s.visitor_id)
        and v.id_kind = case when s.user_id is null then 'browser' else 'customer' end
        and s.started_at >= v.valid_from and s.started_at < v.valid_to
),
touches as (
    select
        o.order_date,
        o.order_id,
        o.ordered_at,
        o.revenue_amount,
        o.currency,
        s.session_id,
        coalesce(s.channel, 'direct') as channel,
        coalesce(s.touched_at, o.ordered_at) as touched_at,
        cast(
            row_number() over (
                partition by o.order_id order by s.touched_at, s.session_id, s.touch_number
            ) as int
        ) as touch_number,
        cast(count(*) over (partition by o.order_id) as int) as touch_count
    from orders as o
    left join met as s
        on s.person_id = o.person_id
        and s.touched_at <= o.ordered_at
        and s.session_date >= date_sub(o.order_date, 30)
),
models as (
    select explode(array('first', 'last', 'linear', 'position', 'time_decay')) as model
),
weighted as (
    select
        t.*,
        m.model,
        case m.model
            when 'first' then case when touch_number = 1 then cast(1 as double) else cast(0 as double) end
            when 'last' then case when touch_number = touch_count then cast(1 as double) else cast(0 as double) end
            when 'linear' then cast(1 as double)
            when 'position' then
                case
                    when touch_count <= 2 then cast(1 as double)
                    when touch_number in (1, touch_count) then cast(0.4 as double)
                    else cast(0.2 as double) / cast(touch_count - 2 as double)
                end
            else round(power(
                cast(0.5 as double),
                cast(unix_micros(ordered_at) - unix_micros(touched_at) as double) / cast(604800000000 as double)
            ), 12)
        end as weight
    from touches as t
    cross join models as m
),
shares as (
    select
        *,
        weight / sum(weight) over (
            partition by order_id, model order by touch_number
            rows between unbounded preceding and unbounded following
        ) as share
    from weighted
),
rounded as (
    select
        *,
        cast(round(cast(share as double), 10) as decimal(18, 10)) as rounded_credit,
        cast(round(cast(revenue_amount as double) * share, 4) as decimal(28, 4)) as rounded_amount
    from shares
),
sums as (
    select
        *,
        sum(rounded_credit) over (partition by order_id, model) as credit_sum,
        sum(rounded_amount) over (partition by order_id, model) as amount_sum
    from rounded
)
select
    order_date,
    order_id,
    model,
    touch_number,
    touch_count,
    session_id,
    channel,
    touched_at,
    -- What rounding left over goes to the heaviest end: the last visit, or the first where the last has none.
    cast(
        case
            when touch_number = case when model = 'first' then 1 else touch_count end
                then rounded_credit + (cast(1 as decimal(18, 10)) - credit_sum)
            else rounded_credit
        end as decimal(18, 10)
    ) as credit,
    cast(
        case
            when touch_number = case when model = 'first' then 1 else touch_count end
                then rounded_amount + (revenue_amount - amount_sum)
            else rounded_amount
        end as decimal(28, 4)
    ) as credit_amount,
    currency
from sums
