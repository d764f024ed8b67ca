-- One row per income band of the households that bought something.
with baskets as (
    select
        coalesce(h.income_band, 'unknown') as income,
        count(distinct s.customer_id) as household_count,
        count(distinct s.transaction_id) as basket_count,
        cast(sum(s.net_amount) as decimal(18, 4)) as net_amount
    from gold.fct_sales as s
    left join silver.households as h on h.household_id = s.customer_id
    where not s.is_return and s.customer_id is not null and s.currency = 'USD'
    group by coalesce(h.income_band, 'unknown')
)
select
    case income
        when 'Under 15K' then 1
        when '15-24K' then 2
        when '25-34K' then 3
        when '35-49K' then 4
        when '50-74K' then 5
        when '75-99K' then 6
        when '100-124K' then 7
        when '125-149K' then 8
        when '150-174K' then 9
        when '175-199K' then 10
        when '200-249K' then 11
        when '250K+' then 12
        else 13
    end as income_rank,
    income,
    household_count,
    basket_count,
    net_amount,
    cast(net_amount / basket_count as decimal(18, 2)) as average_basket_amount,
    cast(net_amount / household_count as decimal(18, 2)) as net_per_household_amount
from baskets
