-- One row per day, customer and currency in which something was bought or returned. A receipt whose lines are of two
-- customers (one line was corrected, say) is an order of each: who bought has an order.
with lines as (
    select
        *,
        line_type = 'sale' and row_number() over (
            partition by sold_date, transaction_id, customer_id, reporting_currency
            order by case when line_type = 'sale' then 0 else 1 end, sold_at, line_number
        ) = 1 as is_order,
        line_type = 'sale' and row_number() over (
            partition by sold_date, transaction_id, customer_id
            order by case when line_type = 'sale' then 0 else 1 end, sold_at, line_number
        ) = 1 as is_counted
    from gold.fct_sales
    where customer_id is not null
)
select
    sold_date,
    customer_id,
    currency,
    count_if(is_order) as order_count,
    count_if(is_counted) as counted_order_count,
    sum(case when line_type in ('sale', 'return') and unit = 'piece' then quantity else 0 end) as unit_count,
    sum(net_amount) as net_amount,
    reporting_currency,
    case when count(*) = count(reporting_net_amount) then sum(reporting_net_amount) end as reporting_net_amount
from lines
group by sold_date, customer_id, currency, reporting_currency
