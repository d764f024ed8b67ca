-- One row per order: what the web shop and the app reported of it beside its sales lines.
with currencies as (
    select
        transaction_id,
        currency,
        min(sold_date) as sold_date,
        sum(line_count) as line_count,
        sum(return_count) as return_count,
        sum(net_amount) as net_amount,
        sum(returned_amount) as returned_amount
    from gold.fct_sold_orders
    group by transaction_id, currency
),
-- A transaction in several currencies has no one amount.
sold as (
    select
        transaction_id,
        net_amount,
        returned_amount,
        currency,
        min(sold_date) over (partition by transaction_id) as sold_date,
        sum(line_count) over (partition by transaction_id) as line_count,
        sum(return_count) over (partition by transaction_id) as return_count,
        count(*) over (partition by transaction_id) = 1 as is_one_currency,
        row_number() over (partition by transaction_id order by currency) as place
    from currencies
),
transactions as (
    select * from sold where place = 1
),
paired as (
    select
        coalesce(o.order_id, s.transaction_id) as order_id,
        coalesce(o.order_date, s.sold_date) as order_date,
        s.sold_date,
        o.order_id is not null as is_clicked,
        coalesce(s.line_count, 0) > 0 as is_sold,
        coalesce(s.return_count, 0) > 0 as is_returned,
        c.transaction_id is not null as is_one_currency,
        o.revenue_amount as clicked_amount,
        o.currency as clicked_currency,
        case when s.is_one_currency then s.net_amount end as sold_amount,
        case when s.is_one_currency then s.returned_amount end as returned_amount,
        case when s.is_one_currency then s.currency end as sold_currency,
        o.revenue_amount - c.net_amount as difference_amount
    from gold.fct_orders as o
    full outer join transactions as s on s.transaction_id = o.order_id
    left join transactions as c on c.transaction_id = o.order_id and c.currency = o.currency and c.is_one_currency
)
select
    order_id,
    order_date,
    sold_date,
    case
        when not is_clicked and not is_sold then case when is_returned then 'only_returned' else 'only_charged' end
        when not is_sold then 'only_clicked'
        when not is_clicked then 'only_sold'
        when clicked_amount is null then 'unknown_amount'
        when clicked_currency is null then 'unknown_currency'
        when not is_one_currency then 'different_currency'
        when difference_amount = 0 then 'matched'
        else 'different_amount'
    end as status,
    clicked_amount,
    clicked_currency,
    sold_amount,
    sold_currency,
    returned_amount,
    case when is_clicked and is_sold then difference_amount when is_clicked then clicked_amount else -sold_amount end as difference_amount,
    coalesce(clicked_currency, sold_currency) as currency
from paired
