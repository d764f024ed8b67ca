-- One row per spend_date and currency.
select
    spend_date,
    currency,
    sum(cost_amount) as cost_amount,
    sum(click_count) as click_count,
    cast(try_divide(sum(cost_amount), sum(click_count)) as decimal(18, 4)) as cost_per_click
from silver.ad_spend
group by spend_date, currency
