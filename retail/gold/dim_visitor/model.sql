-- One row per time in which a browser belonged to a customer, and per customer id that an alias gave another name.
-- An identification owns what its browser did up to `identity_window_days` (a setting) before it, back to the last event
-- that named another customer, and up to as many days after it. The later of two identifications comes first.
-- Visits are joined by their start, so the one in which that event was stays whole with the other customer.
with sightings as (
    select
        i.anonymous_id,
        coalesce(a.customer_id, i.user_id) as customer_id,
        unix_micros(i.first_event_at) as first_micros,
        unix_micros(i.last_event_at) as last_micros,
        i.stretch_number,
        setting('identity_window_days') * cast(86400000000 as bigint) as window_micros
    from gold.fct_identities as i
    left join gold.dim_alias as a on a.user_id = i.user_id
),
placed as (
    select
        *,
        lag(customer_id) over (
            partition by anonymous_id order by first_micros, last_micros, stretch_number
        ) as previous_id,
        lag(last_micros) over (
            partition by anonymous_id order by first_micros, last_micros, stretch_number
        ) as previous_micros
    from sightings
),
-- The same customer again, no further away than both reach, goes on with the time before.
begun as (
    select
        *,
        case
            when previous_id = customer_id and first_micros - previous_micros <= 2 * window_micros then 0
            else 1
        end as is_start
    from placed
),
numbered as (
    select
        *,
        sum(is_start) over (
            partition by anonymous_id order by first_micros, last_micros, stretch_number
            rows between unbounded preceding and current row
        ) as number
    from begun
),
times as (
    select
        anonymous_id,
        number,
        customer_id,
        window_micros,
        min(first_micros) as first_micros,
        max(last_micros) as last_micros,
        max(case when is_start = 1 then previous_id end) as previous_id,
        max(case when is_start = 1 then previous_micros end) as previous_micros
    from numbered
    group by anonymous_id, number, customer_id, window_micros
),
bounded as (
    select
        *,
        greatest(first_micros - window_micros, coalesce(previous_micros, first_micros - window_micros)) as from_micros,
        lead(first_micros) over (partition by anonymous_id order by number) as next_micros
    from times
),
ended as (
    select
        *,
        least(
            last_micros + window_micros,
            greatest(last_micros, coalesce(next_micros - window_micros, last_micros + window_micros))
        ) as to_micros
    from bounded
)
select
    'browser' as id_kind,
    anonymous_id as visitor_id,
    timestamp_micros(from_micros) as valid_from,
    timestamp_micros(to_micros) as valid_to,
    customer_id,
    timestamp_micros(first_micros) as identified_from,
    timestamp_micros(last_micros) as identified_at,
    case
        when previous_id <> customer_id and previous_micros + window_micros > from_micros
            then timestamp_micros(least(previous_micros + window_micros, first_micros))
    end as moved_until
from ended
where from_micros < to_micros
union all
select
    'customer' as id_kind,
    user_id as visitor_id,
    timestamp '1970-01-01 00:00:00' as valid_from,
    timestamp '9999-12-31 00:00:00' as valid_to,
    customer_id,
    timestamp '1970-01-01 00:00:00' as identified_from,
    timestamp '9999-12-31 00:00:00' as identified_at,
    cast(null as timestamp) as moved_until
from gold.dim_alias
