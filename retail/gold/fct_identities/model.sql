-- One row per day, browser and stretch of events that name one customer; another customer begins a stretch of its own.
-- An alias event of a browser's id names its customer too.
with named as (
    select event_date, event_id, event_at, anonymous_id, user_id
    from silver.clicks
    where anonymous_id is not null and user_id is not null
    union all
    select event_date, event_id, event_at, previous_id as anonymous_id, user_id
    from silver.clicks
    where event_type = 'alias' and previous_id <> user_id and previous_id <> coalesce(anonymous_id, '')
),
-- The same without ids of events, which take longest to read, and summed up: what is asked for twice is kept in memory.
pairs as (
    select event_date, anonymous_id, user_id, event_at
    from silver.clicks
    where anonymous_id is not null and user_id is not null
    union all
    select event_date, previous_id as anonymous_id, user_id, event_at
    from silver.clicks
    where event_type = 'alias' and previous_id <> user_id and previous_id <> coalesce(anonymous_id, '')
),
totals as (
    select
        event_date,
        anonymous_id,
        user_id,
        min(event_at) as first_event_at,
        max(event_at) as last_event_at,
        count(*) as event_count
    from pairs
    group by event_date, anonymous_id, user_id
),
-- Most browsers name one customer a day: only the others need their events in order.
browsers as (
    select event_date, anonymous_id, count(*) as customer_count from totals group by event_date, anonymous_id
),
changed as (
    select
        n.event_date,
        n.event_id,
        n.event_at,
        n.anonymous_id,
        n.user_id,
        case
            when lag(n.user_id) over (partition by n.event_date, n.anonymous_id order by n.event_at, n.event_id) = n.user_id
                then 0
            else 1
        end as is_change
    from named as n
    join browsers as b
        on b.event_date = n.event_date and b.anonymous_id = n.anonymous_id and b.customer_count > 1
),
numbered as (
    select
        *,
        sum(is_change) over (
            partition by event_date, anonymous_id order by event_at, event_id
            rows between unbounded preceding and current row
        ) as stretch
    from changed
)
select
    event_date,
    anonymous_id,
    cast(stretch as int) as stretch_number,
    user_id,
    min(event_at) as first_event_at,
    max(event_at) as last_event_at,
    count(*) as event_count
from numbered
group by event_date, anonymous_id, stretch, user_id
union all
select
    t.event_date,
    t.anonymous_id,
    1 as stretch_number,
    t.user_id,
    t.first_event_at,
    t.last_event_at,
    t.event_count
from totals as t
join browsers as b
    on b.event_date = t.event_date and b.anonymous_id = t.anonymous_id and b.customer_count = 1
