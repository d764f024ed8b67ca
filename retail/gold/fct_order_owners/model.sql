-- One row per order: in which visit it was told, and whose it is.
-- Whoever is named with the order ordered it. Where nobody is, it is of the person whose visit it was told in: a sign-in after
-- that visit takes neither the visit nor its order. An order without a visit is of whom the browser was at that moment.
with visits as (
    select
        o.order_id,
        s.session_id,
        s.user_id,
        s.started_at,
        row_number() over (partition by o.order_id order by s.started_at desc, s.first_event_id desc) as place
    from gold.fct_orders as o
    -- As in fct_sessions: the visit that began last before it, on that day or the day before.
    join gold.fct_sessions as s
        on s.visitor_id = o.visitor_id
        and s.is_converted
        and s.started_at <= o.visit_event_at
        and (s.started_at < o.visit_event_at or s.first_event_id <= o.visit_event_id)
        and unix_micros(o.visit_event_at) div 86400000000 - unix_micros(s.started_at) div 86400000000 <= 1
),
told as (
    select
        o.order_id,
        o.order_date,
        o.ordered_at,
        v.session_id,
        o.visitor_id,
        coalesce(o.user_id, v.user_id) as named_id,
        coalesce(v.started_at, o.ordered_at) as owned_at
    from gold.fct_orders as o
    left join visits as v on v.order_id = o.order_id and v.place = 1
)
select
    t.order_id,
    t.order_date,
    t.ordered_at,
    t.session_id,
    coalesce(d.customer_id, t.named_id, concat('visitor|', t.visitor_id)) as person_id
from told as t
left join gold.dim_visitor as d
    on d.visitor_id = coalesce(t.named_id, t.visitor_id)
    and d.id_kind = case when t.named_id is null then 'browser' else 'customer' end
    and t.owned_at >= d.valid_from and t.owned_at < d.valid_to
