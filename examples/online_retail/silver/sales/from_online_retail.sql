-- One row per line of a file: invoices have no line numbers, and two identical lines are two lines.
with lines as (
    select
        upper(trim(invoice_no)) as transaction_id,
        _source_row as line_number,
        invoice_date as sold_at,
        regexp_replace(trim(customer_id), '\\.0$', '') as customer_id,
        upper(trim(stock_code)) as product_id,
        quantity as delivered_quantity,
        try_cast(quantity as int) as quantity,
        unit_price as delivered_price,
        try_cast(unit_price as decimal(18, 4)) as unit_price
    from bronze.online_retail
)
select
    transaction_id,
    line_number,
    cast(try_cast(sold_at as timestamp) as date) as sold_date,
    sold_at,
    nullif(customer_id, '') as customer_id,
    'online-retail' as store_id,
    product_id,
    -- A negative price writes money off: the sign goes to the quantity, the amount stays what it was.
    case when unit_price < 0 then cast(-quantity as string) else delivered_quantity end as quantity,
    case when unit_price < 0 then cast(-unit_price as string) else delivered_price end as unit_price,
    '0' as discount_amount,
    'GBP' as currency,
    cast(null as string) as payment_type,
    'web' as channel
from lines
