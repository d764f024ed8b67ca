-- One row per product of a basket: the data has each product once in a basket, so the product numbers the line.
-- sales_value is what the shop received. The shelf amount is that plus what the shop itself gave up, for the loyalty
-- card (retail_disc) and to match a coupon (coupon_match_disc); coupon_disc is paid back by the manufacturer.
with lines as (
    select
        basket_id,
        product_id,
        household_id,
        store_id,
        transaction_timestamp,
        quantity as delivered_quantity,
        try_cast(quantity as int) as quantity,
        try_cast(sales_value as decimal(18, 4)) as net_amount,
        try_cast(sales_value as decimal(18, 4)) + try_cast(retail_disc as decimal(18, 4))
            + try_cast(coupon_match_disc as decimal(18, 4)) as shelf_amount
    from bronze.journey_transactions
),
-- Fuel is counted in thousandths of a gallon, and nothing else costs less than a cent a piece: one filling is one piece.
counted as (
    select
        *,
        case
            when shelf_amount > 0 and shelf_amount < quantity * 0.01 then '1'
            else delivered_quantity
        end as pieces
    from lines
),
priced as (
    select
        *,
        try_cast(pieces as int) as piece_count,
        cast(shelf_amount / coalesce(nullif(try_cast(pieces as int), 0), 1) as decimal(18, 6)) as unit_price
    from counted
)
select
    basket_id as transaction_id,
    product_id as line_number,
    cast(try_cast(transaction_timestamp as timestamp) as date) as sold_date,
    transaction_timestamp as sold_at,
    household_id as customer_id,
    store_id,
    product_id,
    pieces as quantity,
    unit_price,
    -- Whatever rounding the price to six decimals leaves is here, so that the net amount is exact.
    piece_count * unit_price - net_amount as discount_amount,
    'USD' as currency,
    cast(null as string) as payment_type,
    cast(null as string) as unit,
    cast(null as string) as line_type,
    cast(null as string) as tax_amount,
    cast(null as string) as price_includes_tax,
    cast(null as string) as landed_for,
    'store' as channel
from priced
