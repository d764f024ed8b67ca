-- One row per day, store, channel, category and currency.
select
    sold_date,
    store_id,
    channel,
    category,
    currency,
    sum(case when line_type = 'sale' and unit = 'piece' then quantity else 0 end) as unit_count,
    sum(case when line_type = 'sale' then gross_amount else 0 end) as gross_amount,
    sum(case when line_type = 'sale' then discount_amount else 0 end) as discount_amount,
    sum(case when line_type = 'return' then -net_amount else 0 end) as returns_amount,
    sum(case when line_type = 'shipping' then net_amount else 0 end) as shipping_amount,
    sum(case when line_type = 'fee' then net_amount else 0 end) as fee_amount,
    sum(case when line_type in ('void', 'write_off', 'adjustment') then net_amount else 0 end) as adjustment_amount,
    sum(net_amount) as net_amount,
    reporting_currency,
    -- One rate that is missing leaves the sum unknown.
    case when count(*) = count(reporting_net_amount) then sum(reporting_net_amount) end as reporting_net_amount
from gold.fct_sales
group by sold_date, store_id, channel, category, currency, reporting_currency
