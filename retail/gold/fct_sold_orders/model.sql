-- One row per day, transaction and currency of the sales lines of the web shop and the app.
select
    sold_date,
    transaction_id,
    currency,
    count_if(line_type = 'sale') as line_count,
    count_if(is_return) as return_count,
    sum(case when line_type = 'sale' then net_amount else 0 end) as net_amount,
    sum(case when is_return then -net_amount else 0 end) as returned_amount
from gold.fct_sales
where channel in ('web', 'app')
group by sold_date, transaction_id, currency
