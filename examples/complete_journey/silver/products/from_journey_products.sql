-- One row per product: the list is not dated, so it holds from the first day of the data. Products have no names;
-- type and package are as close as one gets.
select
    product_id,
    regexp_replace(
        concat_ws(' ', coalesce(product_type, product_category, department), package_size), '\\s+', ' '
    ) as name,
    department as category,
    product_category as subcategory,
    brand,
    cast(null as decimal(18, 4)) as price,
    cast(null as string) as currency,
    cast(null as boolean) as is_active,
    timestamp '2017-01-01 00:00:00' as valid_from
from bronze.journey_products
