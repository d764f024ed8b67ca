-- One row per line of the sales feed; text is trimmed, types are the contract's.
with lines as (
    select *, replace(replace(lower(trim(line_type)), '-', '_'), ' ', '_') as kind, lower(trim(unit)) as unit_name
    from bronze.sales
)
select
    nullif(trim(transaction_id), '') as transaction_id,
    line_number,
    cast(try_cast(sold_at as timestamp) as date) as sold_date,
    try_cast(regexp_extract(_source_file, 'ingest_date=([0-9-]+)', 1) as date) as landed_for,
    sold_at,
    nullif(trim(customer_id), '') as customer_id,
    nullif(trim(store_id), '') as store_id,
    nullif(trim(product_id), '') as product_id,
    quantity,
    -- The words tills use for a piece, and the codes of UN/ECE Recommendation 20.
    case
        when unit_name in ('piece', 'pieces', 'pc', 'pcs', 'pce', 'ea', 'each', 'unit', 'c62', 'h87') then 'piece'
        when unit_name in ('kg', 'kgm') then 'kg'
        when unit_name in ('g', 'grm') then 'g'
        when unit_name in ('m', 'mtr') then 'm'
        when unit_name in ('l', 'ltr') then 'l'
        else nullif(unit_name, '')
    end as unit,
    unit_price,
    coalesce(discount, '0') as discount_amount,
    tax_amount,
    price_includes_tax,
    nullif(kind, '') as line_type,
    upper(trim(currency)) as currency,
    lower(trim(payment_type)) as payment_type,
    lower(trim(channel)) as channel
from lines
