-- One row per day and customer that bought or returned something.
select
    sold_date,
    customer_id,
    count(distinct case when not is_return then transaction_id end) as order_count,
    sum(quantity) as unit_count,
    sum(net_amount) as net_amount
from gold.fct_sales
where customer_id is not null
group by sold_date, customer_id
