-- One row per customer with an order, and reporting currency: history, and an expectation from the rhythm of the orders.
-- What was only brought back in a currency is of its customer, too: without it the amounts would be too high.
with newest as (
    select max(sold_date) as as_of_date from gold.agg_customer_daily
),
customers as (
    select
        d.customer_id,
        d.reporting_currency as currency,
        n.as_of_date,
        min(case when d.order_count > 0 then d.sold_date end) as first_order_date,
        max(case when d.order_count > 0 then d.sold_date end) as last_order_date,
        count(distinct case when d.order_count > 0 then d.sold_date end) as order_day_count,
        sum(d.order_count) as order_count,
        sum(d.counted_order_count) as counted_order_count,
        -- One rate that is missing leaves the sum unknown.
        case when count(*) = count(d.reporting_net_amount) then sum(d.reporting_net_amount) end as net_amount
    from gold.agg_customer_daily as d
    cross join newest as n
    group by d.customer_id, d.reporting_currency, n.as_of_date
),
paced as (
    select
        *,
        min(first_order_date) over (partition by customer_id) as customer_first_order_date,
        sum(counted_order_count) over (partition by customer_id) as customer_order_count,
        max(order_count) over (partition by customer_id) > 0 as has_order,
        cast(
            try_divide(cast(net_amount as double), cast(order_count as double)) as decimal(18, 4)
        ) as average_order_amount,
        case
            when order_day_count <= 1 then cast(90 as double)
            else greatest(
                cast(1 as double),
                cast(datediff(last_order_date, first_order_date) as double) / cast(order_day_count - 1 as double)
            )
        end as days_between_orders
    from customers
),
judged as (
    select
        *,
        case
            when order_count = 0 then cast(0 as double)
            else round(power(
                cast(0.5 as double),
                cast(datediff(as_of_date, last_order_date) as double) / (cast(2 as double) * days_between_orders)
            ), 12)
        end as active_probability
    from paced
    where has_order
)
select
    customer_id,
    currency,
    as_of_date,
    first_order_date,
    last_order_date,
    order_day_count,
    order_count,
    customer_first_order_date,
    customer_order_count,
    net_amount,
    average_order_amount,
    days_between_orders,
    active_probability,
    cast(90 as double) / days_between_orders * active_probability as expected_order_count,
    case
        when order_count = 0 then cast(0 as decimal(18, 4))
        when average_order_amount is not null then cast(
            cast(90 as double) / days_between_orders * active_probability
                * greatest(cast(average_order_amount as double), cast(0 as double))
            as decimal(18, 4)
        )
    end as expected_amount
from judged
