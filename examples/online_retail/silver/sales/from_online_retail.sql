-- One row per line of a file: invoices have no line numbers, and two identical lines are two lines. Invoices C… cancel one;
-- other negative quantities write stock off, and lines without price and customer are stock that was found.
with lines as (
    select
        upper(trim(invoice_no)) as transaction_id,
        _source_row as line_number,
        invoice_date as sold_at,
        regexp_replace(trim(customer_id), '\\.0$', '') as customer_id,
        upper(trim(stock_code)) as product_id,
        quantity as delivered_quantity,
        try_cast(quantity as decimal(18, 4)) as quantity,
        unit_price as delivered_price,
        try_cast(unit_price as decimal(28, 10)) as unit_price
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
    case
        when transaction_id like 'C%' then 'return'
        when unit_price < 0 then 'adjustment'
        when quantity < 0 then 'write_off'
        when product_id in ('POST', 'DOT', 'C2') then 'shipping'
        when product_id in ('AMAZONFEE', 'BANK CHARGES', 'CRUK') then 'fee'
        when product_id in ('B', 'D', 'M', 'S') or unit_price = 0 and coalesce(customer_id, '') = '' then 'adjustment'
        else 'sale'
    end as line_type,
    'GBP' as currency,
    cast(null as string) as payment_type,
    cast(null as string) as unit,
    cast(null as string) as tax_amount,
    cast(null as string) as price_includes_tax,
    cast(null as string) as landed_for,
    'web' as channel
from lines
