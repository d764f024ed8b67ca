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
-- What each model gives a touch, before it is rounded. The models are columns until the last step: one row a touch is
-- sorted a fifth as long as one a touch and model.
weighted as (
    select
        *,
        case
            when touch_count <= 2 then cast(1 as double)
            when touch_number in (1, touch_count) then cast(0.4 as double)
            else cast(0.2 as double) / cast(touch_count - 2 as double)
        end as position_weight,
        round(power(
            cast(0.5 as double),
            cast(unix_micros(ordered_at) - unix_micros(touched_at) as double) / cast(604800000000 as double)
        ), 12) as decay_weight
    from touches
),
shares as (
    select
        *,
        cast(1 as double) / cast(touch_count as double) as linear_share,
        position_weight / sum(position_weight) over (
            partition by order_id order by touch_number rows between unbounded preceding and unbounded following
        ) as position_share,
        decay_weight / sum(decay_weight) over (
            partition by order_id order by touch_number rows between unbounded preceding and unbounded following
        ) as decay_share
    from weighted
),
rounded as (
    select
        *,
        cast(linear_share as decimal(18, 10)) as linear_credit,
        cast(position_share as decimal(18, 10)) as position_credit,
        cast(decay_share as decimal(18, 10)) as decay_credit,
        cast(cast(revenue_amount as double) * linear_share as decimal(28, 4)) as linear_amount,
        cast(cast(revenue_amount as double) * position_share as decimal(28, 4)) as position_amount,
        cast(cast(revenue_amount as double) * decay_share as decimal(28, 4)) as decay_amount
    from shares
),
-- What rounding leaves over goes to the last touch.
left_over as (
    select
        *,
        cast(1 as decimal(18, 10)) - sum(linear_credit) over (partition by order_id) as linear_credit_left,
        cast(1 as decimal(18, 10)) - sum(position_credit) over (partition by order_id) as position_credit_left,
        cast(1 as decimal(18, 10)) - sum(decay_credit) over (partition by order_id) as decay_credit_left,
        revenue_amount - sum(linear_amount) over (partition by order_id) as linear_amount_left,
        revenue_amount - sum(position_amount) over (partition by order_id) as position_amount_left,
        revenue_amount - sum(decay_amount) over (partition by order_id) as decay_amount_left,
        touch_number = 1 as is_first,
        touch_number = touch_count as is_last
    from rounded
),
models as (
    select explode(array('first', 'last', 'linear', 'position', 'time_decay')) as model
)
select
    t.order_date,
    t.order_id,
    m.model,
    t.touch_number,
    t.touch_count,
    t.session_id,
    t.channel,
    t.touched_at,
    cast(
        case m.model
            when 'first' then case when t.is_first then 1 else 0 end
            when 'last' then case when t.is_last then 1 else 0 end
            when 'linear' then t.linear_credit + case when t.is_last then t.linear_credit_left else 0 end
            when 'position' then t.position_credit + case when t.is_last then t.position_credit_left else 0 end
            else t.decay_credit + case when t.is_last then t.decay_credit_left else 0 end
        end as decimal(18, 10)
    ) as credit,
    -- What an order of unknown revenue brought is unknown for each of its touches.
    cast(
        case
            when t.revenue_amount is null then null
            when m.model = 'first' then case when t.is_first then t.revenue_amount else 0 end
            when m.model = 'last' then case when t.is_last then t.revenue_amount else 0 end
            when m.model = 'linear' then t.linear_amount + case when t.is_last then t.linear_amount_left else 0 end
            when m.model = 'position'
                then t.position_amount + case when t.is_last then t.position_amount_left else 0 end
            else t.decay_amount + case when t.is_last then t.decay_amount_left else 0 end
        end as decimal(28, 4)
    ) as credit_amount,
    t.currency
from left_over as t
cross join models as m
