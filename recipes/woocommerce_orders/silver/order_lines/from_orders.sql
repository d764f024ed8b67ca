-- One row per line of an order. Amounts are texts with a point; an order without lines has nothing to tell.
select
    get_json_object(envelope, '$.number') as order_id,
    _item as line_number,
    cast(try_cast(get_json_object(envelope, '$.date_created_gmt') as timestamp) as date) as order_date,
    get_json_object(envelope, '$.date_created_gmt') as ordered_at,
    get_json_object(envelope, '$.status') as status,
    nullif(get_json_object(envelope, '$.customer_id'), '0') as customer_id,
    get_json_object(envelope, '$.billing.email') as email,
    get_json_object(raw, '$.sku') as sku,
    get_json_object(raw, '$.quantity') as quantity,
    get_json_object(raw, '$.subtotal') as gross_amount,
    get_json_object(raw, '$.total') as net_amount,
    get_json_object(raw, '$.total_tax') as tax_amount,
    get_json_object(envelope, '$.currency') as currency
from bronze.orders
where _item is not null
