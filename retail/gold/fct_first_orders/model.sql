-- One row per person who ordered online: the first order.
with orders as (
    select
        o.order_id,
        o.order_date,
        o.ordered_at,
        coalesce(v.customer_id, o.user_id, concat('visitor|', o.visitor_id)) as person_id
    from gold.fct_orders as o
    left join gold.dim_visitor as v
        on v.visitor_id = coalesce(o.user_id, o.visitor_id)
        and v.id_kind = case when o.user_id is null then 'browser' else 'customer' end
        and o.ordered_at >= v.valid_from and o.ordered_at < v.valid_to
),
placed as (
    select *, row_number() over (partition by person_id order by ordered_at, order_id) as place from orders
)
select
    person_id,
    order_id,
    order_date
from placed
where place = 1
