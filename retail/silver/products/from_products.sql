-- One row per change of a product.
select
    nullif(trim(product_id), '') as product_id,
    nullif(trim(name), '') as name,
    nullif(trim(category), '') as category,
    trim(subcategory) as subcategory,
    trim(brand) as brand,
    price,
    upper(trim(currency)) as currency,
    is_active,
    updated_at as valid_from
from bronze.products
