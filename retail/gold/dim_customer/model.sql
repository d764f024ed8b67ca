-- One row per customer_id and version; versions that changed no attribute are part of the one before.
-- 'unknown' is the member of sales without a match; a feed that uses this id means the same.
-- A customer that silver has ended (deleted, or no longer on a whole list) has no current version.
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
        valid_to as ends_at,
        named_struct(
            'first_name', first_name,
            'last_name', last_name,
            'email', email,
            'city', city,
            'region', region,
            'country', country,
            'birth_date', birth_date,
            'loyalty_tier', loyalty_tier
        ) as content
    from silver.customers
    where customer_id <> 'unknown'
),
compared as (
    select
        *,
        lag(content) over (partition by customer_id order by valid_from) as previous_content,
        lag(ends_at) over (partition by customer_id order by valid_from) as previous_ends_at,
        first_value(ends_at) over (partition by customer_id order by valid_from desc) as ended_at
    from versions
),
changes as (
    select *, row_number() over (partition by customer_id order by valid_from) as version_number
    from compared
    where not (previous_content <=> content) or previous_ends_at < valid_from
),
periods as (
    select
        *,
        coalesce(
            lead(coalesce(previous_ends_at, valid_from)) over (partition by customer_id order by valid_from),
            ended_at
        ) as valid_to
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
