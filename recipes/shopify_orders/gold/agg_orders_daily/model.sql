-- One row per day and currency; a cancelled order is none.
select
    order_date,
    currency,
    count(*) as order_count,
    sum(total_amount - refunded_amount) as kept_amount
from silver.orders
where not is_cancelled
group by order_date, currency
