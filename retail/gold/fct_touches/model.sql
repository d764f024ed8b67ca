-- One row per visit and campaign met in it: a campaign inside of a visit is a touch of its own, the same one again is not.
-- A referrer is none: pages that change without loading show the referrer of the first one again and again.
with arrivals as (
    select
        event_id,
        event_at,
        visitor_id,
        kind,
        channel,
        source,
        campaign_source,
        campaign_medium,
        campaign_name,
        campaign_term,
        campaign_content,
        campaign_id,
        click_id_type,
        concat_ws(
            '|',
            channel,
            coalesce(source, ''),
            coalesce(lower(campaign_medium), ''),
            coalesce(campaign_name, ''),
            coalesce(campaign_term, ''),
            coalesce(campaign_content, ''),
            coalesce(campaign_id, '')
        ) as campaign
    from gold.fct_arrivals
    where kind is not null
),
visits as (
    select
        session_id,
        session_date,
        visitor_id,
        user_id,
        started_at,
        ended_at,
        first_event_id,
        last_event_id,
        channel,
        arrival_event_id
    from gold.fct_sessions
    where not is_bot
),
began as (
    select
        v.*,
        a.campaign,
        a.event_at as arrived_at,
        a.event_id
    from visits as v
    left join arrivals as a on a.event_id = v.arrival_event_id
),
met as (
    select
        b.session_id,
        a.event_id,
        a.event_at,
        row_number() over (partition by b.session_id, a.campaign order by a.event_at, a.event_id) as meeting
    from began as b
    join arrivals as a
        on a.visitor_id = b.visitor_id
        -- One visit may end at the moment at which the next begins: the order of events says of which each is.
        and a.event_at between b.started_at and b.ended_at
        and (a.event_at > b.started_at or a.event_id >= b.first_event_id)
        and (a.event_at < b.ended_at or a.event_id <= b.last_event_id)
        and a.kind = 'campaign'
        and a.campaign <> b.campaign
),
touches as (
    select session_id, event_id, cast(null as timestamp) as met_at from began
    union all
    select session_id, event_id, event_at as met_at from met where meeting = 1
),
numbered as (
    select
        *,
        cast(
            row_number() over (partition by session_id order by case when met_at is null then 0 else 1 end, met_at, event_id) as int
        ) as touch_number
    from touches
)
select
    v.session_date,
    v.session_id,
    n.touch_number,
    coalesce(n.met_at, v.started_at) as touched_at,
    v.visitor_id,
    v.user_id,
    case when n.met_at is null then v.channel else a.channel end as channel,
    a.source,
    a.campaign_source,
    a.campaign_medium,
    a.campaign_name,
    a.campaign_term,
    a.campaign_content,
    a.campaign_id,
    a.click_id_type
from numbered as n
join visits as v on v.session_id = n.session_id
left join arrivals as a on a.event_id = n.event_id
