-- One row per model and day it was looked at. The letter of a model is its home in the catalogue; one model is shown in a
-- second place too, which makes it no other product.
select
    model as product_id,
    model as name,
    case substring(model, 1, 1)
        when 'A' then 'trousers' when 'B' then 'skirts' when 'C' then 'blouses' when 'P' then 'sale' end as category,
    cast(null as string) as subcategory,
    cast(null as string) as brand,
    price,
    'USD' as currency,
    cast(null as boolean) as is_active,
    try_cast(concat(year, '-', lpad(month, 2, '0'), '-', lpad(day, 2, '0')) as timestamp) as valid_from
from bronze.eshop_clothing
where year <> 'year'
