-- One row per product_id and version; versions that changed no attribute are part of the one before.
-- 'unknown' is the member of sales without a match; a feed that uses this id means the same.
-- A product that silver has ended (deleted, or no longer on a whole list) has no current version.
with versions as (
    select
        product_id,
        name,
        category,
        subcategory,
        brand,
        price,
        currency,
        is_active,
        valid_from,
        valid_to as ends_at,
        named_struct(
            'name', name,
            'category', category,
            'subcategory', subcategory,
            'brand', brand,
            'price', price,
            'currency', currency,
            'is_active', is_active
        ) as content
    from silver.products
    where product_id <> 'unknown'
),
compared as (
    select
        *,
        lag(content) over (partition by product_id order by valid_from) as previous_content,
        lag(ends_at) over (partition by product_id order by valid_from) as previous_ends_at,
        first_value(ends_at) over (partition by product_id order by valid_from desc) as ended_at
    from versions
),
changes as (
    select *, row_number() over (partition by product_id order by valid_from) as version_number
    from compared
    where not (previous_content <=> content) or previous_ends_at < valid_from
),
periods as (
    select
        *,
        coalesce(
            lead(coalesce(previous_ends_at, valid_from)) over (partition by product_id order by valid_from),
            ended_at
        ) as valid_to
    from changes
)
select
    concat(product_id, '@', cast(unix_micros(valid_from) as string)) as product_key,
    product_id,
    name,
    category,
    subcategory,
    brand,
    price,
    currency,
    is_active,
    case when version_number = 1 then least(valid_from, timestamp '1970-01-01 00:00:00') else valid_from end as valid_from,
    valid_to,
    valid_to is null as is_current
from periods
union all
select
    'unknown' as product_key,
    'unknown' as product_id,
    'Unknown' as name,
    cast(null as string) as category,
    cast(null as string) as subcategory,
    cast(null as string) as brand,
    cast(null as decimal(18,4)) as price,
    cast(null as string) as currency,
    cast(null as boolean) as is_active,
    timestamp '1970-01-01 00:00:00' as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_current
