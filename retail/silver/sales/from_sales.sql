-- One row per line of the sales feed; text is trimmed, types are the contract's.
select
    nullif(trim(transaction_id), '') as transaction_id,
    line_number,
    cast(try_cast(sold_at as timestamp) as date) as sold_date,
    sold_at,
    nullif(trim(customer_id), '') as customer_id,
    nullif(trim(store_id), '') as store_id,
    nullif(trim(product_id), '') as product_id,
    quantity,
    unit_price,
    coalesce(discount, '0') as discount_amount,
    upper(trim(currency)) as currency,
    lower(trim(payment_type)) as payment_type,
    lower(trim(channel)) as channel
from bronze.sales
