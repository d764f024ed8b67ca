-- One row per store_id and version; versions that changed no attribute are part of the one before.
-- 'unknown' is the member of sales without a match; a feed that uses this id means the same.
-- A zone that is none (a typing error, an empty field) moves no store: the version keeps the zone before or after it.
-- A store that silver has ended (deleted, or no longer on a whole list) has no current version.
with zoned as (
    select
        *,
        case
            when from_utc_timestamp(timestamp '2000-01-01 00:00:00', timezone) is not null then timezone
        end as known_zone
    from silver.stores
    where store_id <> 'unknown'
),
filled as (
    select
        *,
        last_value(known_zone) ignore nulls over (
            partition by store_id order by valid_from rows between unbounded preceding and current row
        ) as zone_so_far,
        first_value(known_zone) ignore nulls over (
            partition by store_id order by valid_from rows between current row and unbounded following
        ) as next_zone
    from zoned
),
stores as (
    select
        store_id,
        name,
        city,
        region,
        country,
        coalesce(zone_so_far, next_zone) as timezone,
        coalesce(day_start_hour, 0) as day_start_hour,
        format,
        opened_date,
        valid_from,
        valid_to as ends_at
    from filled
),
versions as (
    select
        *,
        named_struct(
            'name', name,
            'city', city,
            'region', region,
            'country', country,
            'timezone', timezone,
            'day_start_hour', day_start_hour,
            'format', format,
            'opened_date', opened_date
        ) as content
    from stores
),
compared as (
    select
        *,
        lag(content) over (partition by store_id order by valid_from) as previous_content,
        lag(ends_at) over (partition by store_id order by valid_from) as previous_ends_at,
        first_value(ends_at) over (partition by store_id order by valid_from desc) as ended_at
    from versions
),
changes as (
    select *, row_number() over (partition by store_id order by valid_from) as version_number
    from compared
    where not (previous_content <=> content) or previous_ends_at < valid_from
),
periods as (
    select
        *,
        coalesce(
            lead(coalesce(previous_ends_at, valid_from)) over (partition by store_id order by valid_from),
            ended_at
        ) as valid_to
    from changes
)
select
    concat(store_id, '@', cast(unix_micros(valid_from) as string)) as store_key,
    store_id,
    name,
    city,
    region,
    country,
    timezone,
    day_start_hour,
    format,
    opened_date,
    case when version_number = 1 then least(valid_from, timestamp '1970-01-01 00:00:00') else valid_from end as valid_from,
    valid_to,
    valid_to is null as is_current
from periods
union all
select
    'unknown' as store_key,
    'unknown' as store_id,
    'Unknown' as name,
    cast(null as string) as city,
    cast(null as string) as region,
    cast(null as string) as country,
    cast(null as string) as timezone,
    0 as day_start_hour,
    cast(null as string) as format,
    cast(null as date) as opened_date,
    timestamp '1970-01-01 00:00:00' as valid_from,
    cast(null as timestamp) as valid_to,
    true as is_current
