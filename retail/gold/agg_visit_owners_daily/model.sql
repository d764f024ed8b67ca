-- One row per day: how it is known whose its visits were, and how many changed hands by a later identification.
with owned as (
    select
        s.session_date,
        case
            when s.user_id is not null then 'named'
            when v.customer_id is null then 'nobody'
            when s.started_at >= v.identified_from then 'known'
            when s.started_at < v.moved_until then 'moved'
            else 'claimed'
        end as reason
    from gold.fct_sessions as s
    left join gold.dim_visitor as v
        on v.visitor_id = s.visitor_id
        and v.id_kind = 'browser'
        and s.started_at >= v.valid_from and s.started_at < v.valid_to
    where not s.is_bot
)
select
    session_date,
    count(*) as session_count,
    count_if(reason = 'named') as named_count,
    count_if(reason = 'known') as known_count,
    count_if(reason = 'claimed') as claimed_count,
    count_if(reason = 'moved') as moved_count,
    count_if(reason = 'nobody') as nobody_count
from owned
group by session_date
