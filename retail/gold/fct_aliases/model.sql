-- One row per alias event: from then on the person known as previous_id is called user_id.
select event_date, event_id, event_at, previous_id, user_id
from silver.clicks
where event_type = 'alias' and previous_id is not null and user_id is not null and previous_id <> user_id
