-- One row per change of a product.
select
    trim(product_id) as product_id,
    trim(name) as name,
    trim(category) as category,
    trim(subcategory) as subcategory,
    trim(brand) as brand,
    price,
    upper(trim(currency)) as currency,
    is_active,
    updated_at as valid_from
from bronze.products
