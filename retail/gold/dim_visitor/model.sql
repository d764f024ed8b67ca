-- One row per browser that was ever identified: the latest identification counts.
with ranked as (
    select
        anonymous_id,
        user_id,
        last_event_at,
        row_number() over (partition by anonymous_id order by last_event_at desc, user_id) as place
    from gold.fct_identities
)
select anonymous_id, user_id as customer_id, last_event_at as identified_at
from ranked
where place = 1
