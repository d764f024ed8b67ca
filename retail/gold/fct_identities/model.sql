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
-- Most browsers name one customer a day: only the others need their events in order.
customers as (
    select event_date, anonymous_id, min(user_id) as least_id, max(user_id) as greatest_id
    from named
    where user_id is not null
    group by event_date, anonymous_id
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
    join customers as c
        on c.event_date = n.event_date and c.anonymous_id = n.anonymous_id and c.least_id <> c.greatest_id
),
numbered as (
    select
        *,
        sum(is_change) over (
            partition by event_date, anonymous_id order by event_at, event_id
            rows between unbounded preceding and current row
        ) as stretch
    from changed
),
stretches as (
    select event_date, anonymous_id, stretch, user_id, event_at from numbered
    union all
    select n.event_date, n.anonymous_id, 1 as stretch, n.user_id, n.event_at
    from named as n
    join customers as c
        on c.event_date = n.event_date and c.anonymous_id = n.anonymous_id and c.least_id = c.greatest_id
)
select
    event_date,
    anonymous_id,
    cast(stretch as int) as stretch_number,
    user_id,
    min(event_at) as first_event_at,
    max(event_at) as last_event_at,
    count(*) as event_count
from stretches
group by event_date, anonymous_id, stretch, user_id
