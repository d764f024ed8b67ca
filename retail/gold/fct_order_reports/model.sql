-- One row per event that tells of an order: completed, refunded or cancelled.
select
    c.event_date,
    c.event_id,
    c.event_at,
    case c.event_name
        when 'Order Completed' then 'completed'
        when 'Order Refunded' then 'refunded'
        else 'cancelled'
    end as told,
    c.order_id,
    coalesce(s.visitor_id, c.visitor_id) as visitor_id,
    c.anonymous_id is not null or s.event_id is not null as is_in_visit,
    c.user_id,
    case when c.event_name = 'Order Refunded' then abs(c.refund_amount) else c.revenue_amount end as amount,
    c.event_name = 'Order Refunded' and c.refund_amount is null
        and size(from_json(c.properties, 'products ARRAY<STRING>').products) > 0 as is_partial_unpriced,
    c.currency
from silver.clicks as c
left join gold.fct_server_events as s on s.event_id = c.event_id
where c.event_name in ('Order Refunded', 'Order Cancelled') or (c.event_name = 'Order Completed' and c.order_id is not null)
