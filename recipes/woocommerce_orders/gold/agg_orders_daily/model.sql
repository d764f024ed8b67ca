-- One row per order_date and currency; what was cancelled or failed is no order.
select
    order_date,
    currency,
    count(distinct order_id) as order_count,
    sum(net_amount) as net_amount
from silver.order_lines
where status not in ('cancelled', 'failed', 'pending')
group by order_date, currency
