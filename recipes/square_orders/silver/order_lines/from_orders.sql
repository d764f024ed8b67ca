-- One row per line of an order. Square counts money in the smallest unit of the currency: cents.
select
    get_json_object(envelope, '$.orders.id') as order_id,
    get_json_object(raw, '$.uid') as line_id,
    get_json_object(envelope, '$.orders.location_id') as store_id,
    cast(try_cast(get_json_object(envelope, '$.orders.closed_at') as timestamp) as date) as order_date,
    get_json_object(envelope, '$.orders.closed_at') as ordered_at,
    get_json_object(raw, '$.catalog_object_id') as product_id,
    get_json_object(raw, '$.quantity') as quantity,
    cast(try_cast(get_json_object(raw, '$.total_money.amount') as decimal(18, 0)) * 0.01 as decimal(18, 4)) as paid_amount,
    cast(try_cast(get_json_object(raw, '$.total_tax_money.amount') as decimal(18, 0)) * 0.01 as decimal(18, 4)) as tax_amount,
    get_json_object(raw, '$.total_money.currency') as currency
from bronze.orders
where _item is not null and get_json_object(envelope, '$.orders.state') = 'COMPLETED'
