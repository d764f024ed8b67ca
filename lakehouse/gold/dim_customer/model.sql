-- One row per customer_id and version; versions that changed no attribute are part of the one before.
with versions as (
    select
        customer_id,
        first_name,
        last_name,
        email,
        city,
        region,
        country,
        birth_date,
        loyalty_tier,
        valid_from,
        concat_ws('|', coalesce(cast(first_name as string), '~'), coalesce(cast(last_name as string), '~'), coalesce(cast(email as string), '~'), coalesce(cast(city as string), '~'), coalesce(cast(region as string), '~'), coalesce(cast(country as string), '~'), coalesce(cast(birth_date as string), '~'), coalesce(cast(loyalty_tier as string), '~')) as content
    from silver.customers
),
compared as (
    select *, lag(content) over (partition by customer_id order by valid_from) as previous_content
    from versions
),
changes as (
    select *, row_number() over (partition by customer_id order by valid_from) as version_number
    from compared
    where previous_content is null or previous_content <> content
),
periods as (
    select *, lead(valid_from) over (partition by customer_id order by valid_from) as valid_to
    from changes
)
select
    concat(customer_id, '@', cast(unix_micros(valid_from) as string)) as customer_key,
    customer_id,
    first_name,
    last_name,
    email,
    city,
    region,
    country,
    birth_date,
    loyalty_tier,
    case when version_number = 1 then least(valid_from, timestamp '1970-01-01 00:00:00') else valid_from end as valid_from,
    valid_to,
    valid_to is null as is_current
from periods
union all
select
    'unknown' as customer_key,
    'unknown' as customer_id,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    cast(null as string) as email,
    cast(null as string) as city,
    cast(null as string) as region,
    cast(null as string) as country,
    cast(null as date) as birth_date,
    cast(null as string) as loyalty_tier,
    timestamp '1970-01-01 00:00:00' as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_current
