-- One row per customer with an order in the last 365 days of data, and reporting currency, within which the scores
-- compare: fifths of the customers. Equal values have the score of the least of their places.
with newest as (
    select max(sold_date) as as_of_date from gold.agg_customer_daily
),
customers as (
    select
        d.customer_id,
        d.reporting_currency as currency,
        n.as_of_date,
        max(case when d.order_count > 0 then d.sold_date end) as last_order_date,
        sum(d.order_count) as frequency,
        -- One rate that is missing leaves the sum unknown.
        case when count(*) = count(d.reporting_net_amount) then sum(d.reporting_net_amount) end as monetary_amount
    from gold.agg_customer_daily as d
    cross join newest as n
    where d.sold_date > date_sub(n.as_of_date, 365)
    group by d.customer_id, d.reporting_currency, n.as_of_date
    having sum(d.order_count) > 0
),
ranked as (
    select
        *,
        datediff(as_of_date, last_order_date) as recency_days,
        rank() over (partition by currency order by last_order_date) as recency_rank,
        rank() over (partition by currency order by frequency) as frequency_rank,
        rank() over (partition by currency, monetary_amount is null order by monetary_amount) as monetary_rank,
        count(*) over (partition by currency) as customer_count,
        count(monetary_amount) over (partition by currency) as valued_count
    from customers
),
scored as (
    select
        *,
        cast((recency_rank - 1) * 5 div customer_count + 1 as int) as recency_score,
        cast((frequency_rank - 1) * 5 div customer_count + 1 as int) as frequency_score,
        case
            when monetary_amount is not null then cast((monetary_rank - 1) * 5 div valued_count + 1 as int)
        end as monetary_score
    from ranked
)
select
    customer_id,
    currency,
    as_of_date,
    last_order_date,
    recency_days,
    frequency,
    monetary_amount,
    recency_score,
    frequency_score,
    monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 and monetary_score >= 4 then 'champions'
        when frequency_score >= 4 and recency_score >= 3 then 'loyal'
        when recency_score >= 4 and frequency = 1 then 'new'
        when recency_score <= 2 and frequency_score >= 3 then 'at_risk'
        when recency_score = 1 then 'lost'
        else 'regular'
    end as segment
from scored
