-- One row per day, browser and customer seen together.
select
    event_date,
    anonymous_id,
    user_id,
    max(event_at) as last_event_at,
    count(*) as event_count
from silver.clicks
where anonymous_id is not null and user_id is not null
group by event_date, anonymous_id, user_id
