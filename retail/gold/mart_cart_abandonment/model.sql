-- One row per visit with a cart.
with sessions as (
    select s.*, coalesce(v.customer_id, s.user_id) as customer_id
    from gold.fct_sessions as s
    left join gold.dim_visitor as v
        on v.visitor_id = coalesce(s.user_id, s.visitor_id)
        and v.id_kind = case when s.user_id is null then 'browser' else 'customer' end
        and s.started_at >= v.valid_from and s.started_at < v.valid_to
    where not s.is_bot
),
carts as (
    select *, coalesce(customer_id, concat('visitor|', visitor_id)) as person_id from sessions where add_count > 0
),
orders as (
    select coalesce(customer_id, concat('visitor|', visitor_id)) as person_id, started_at from sessions where is_converted
),
recovered as (
    select distinct c.session_id
    from carts as c
    join orders as o
        on o.person_id = c.person_id and o.started_at > c.started_at and o.started_at <= c.started_at + interval 7 days
    where not c.is_converted
)
select
    c.session_id,
    c.session_date,
    c.started_at,
    c.visitor_id,
    c.customer_id,
    c.channel,
    c.device_type,
    c.add_count,
    c.cart_amount,
    c.cart_currency,
    case when c.is_converted then 'ordered' when c.has_checkout then 'checkout' else 'added' end as last_step,
    not c.is_converted as is_abandoned,
    r.session_id is not null as is_recovered
from carts as c
left join recovered as r on r.session_id = c.session_id
