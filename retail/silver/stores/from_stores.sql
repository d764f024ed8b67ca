-- One row per change of a store.
select
    nullif(trim(store_id), '') as store_id,
    nullif(trim(name), '') as name,
    trim(city) as city,
    trim(region) as region,
    upper(trim(country)) as country,
    nullif(trim(timezone), '') as timezone,
    day_start_hour,
    lower(trim(format)) as format,
    opened_date,
    updated_at as valid_from
from bronze.stores
