-- One row per session: the events of a visitor with pauses of at most `session_gap_minutes` (a setting).
-- A visitor who never pauses would make one endless session: after a whole UTC day without a pause the next
-- day starts a new one. So a session starting on a day needs the clicks of that day, the one before and after.
-- The windows run over few and narrow columns; what only the first or last event says is joined afterwards.
with clicks as (
    select
        visitor_id,
        event_id,
        unix_micros(event_at) as at_micros,
        unix_micros(event_at) div 86400000000 as day_number,
        user_id,
        case
            when event_type in ('page', 'screen') then 1
            when event_name = 'Product Viewed' then 2
            when event_name = 'Product Added' then 3
            when event_name = 'Product Removed' then 4
            when event_name in ('Checkout Started', 'Checkout Step Completed', 'Payment Info Entered') then 5
            else 0
        end as kind,
        case
            when event_name = 'Product Added' then cast(price as decimal(19, 6)) * coalesce(quantity, 1)
            when event_name = 'Product Removed' then -cast(price as decimal(19, 6)) * coalesce(quantity, 1)
        end as cart_amount
    from silver.clicks
),
paced as (
    select
        *,
        lag(at_micros) over (partition by visitor_id order by at_micros, event_id) as previous_micros
    from clicks
),
-- A day has a break when an event comes more than that after the one before it on that day, or after midnight.
broken as (
    select
        *,
        max(
            case
                when at_micros - greatest(coalesce(previous_micros, 0), day_number * 86400000000)
                    > setting('session_gap_minutes') * 60000000
                    then at_micros
            end
        ) over (
            partition by visitor_id order by at_micros, event_id rows between unbounded preceding and current row
        ) as last_break_micros
    from paced
),
marked as (
    select
        *,
        case
            when previous_micros is null
                or at_micros - previous_micros > setting('session_gap_minutes') * 60000000 then 1
            when previous_micros < day_number * 86400000000
                and coalesce(last_break_micros, 0) < (day_number - 1) * 86400000000 then 1
            else 0
        end as is_start
    from broken
),
numbered as (
    select
        *,
        sum(is_start) over (
            partition by visitor_id order by at_micros, event_id rows between unbounded preceding and current row
        ) as session_number,
        coalesce(lead(is_start) over (partition by visitor_id order by at_micros, event_id), 1) as is_end
    from marked
),
sessions as (
    select
        visitor_id,
        session_number,
        max(case when is_start = 1 then event_id end) as first_event_id,
        max(case when is_end = 1 then event_id end) as last_event_id,
        min(at_micros) as started_micros,
        max(at_micros) as ended_micros,
        substring(
            max(case when user_id is not null then concat(lpad(cast(at_micros as string), 17, '0'), user_id) end), 18
        ) as user_id,
        count(*) as event_count,
        count_if(kind = 1) as page_view_count,
        count_if(kind = 2) as product_view_count,
        count_if(kind = 3) as add_count,
        count_if(kind = 5) as checkout_count,
        cast(sum(cart_amount) as decimal(18, 4)) as cart_amount
    from numbered
    group by visitor_id, session_number
),
orders as (
    select
        s.first_event_id,
        count(*) as order_count,
        array_join(sort_array(collect_list(o.order_id)), ',') as order_ids,
        sum(o.revenue_amount) as revenue_amount
    from gold.fct_orders as o
    join sessions as s
        on s.visitor_id = o.visitor_id
        and unix_micros(o.ordered_at) between s.started_micros and s.ended_micros
    group by s.first_event_id
),
entries as (
    select
        s.*,
        coalesce(o.order_count, 0) as order_count,
        o.order_ids,
        o.revenue_amount,
        e.event_at as started_at,
        l.event_at as ended_at,
        e.context_page_path as entry_page,
        l.context_page_path as exit_page,
        lower(trim(coalesce(e.context_campaign_source, ''))) as source,
        lower(nullif(trim(e.context_campaign_medium), '')) as medium,
        lower(coalesce(regexp_extract(e.context_page_referrer, '^[a-zA-Z]+://([^/:?#]+)', 1), '')) as referrer_host,
        lower(coalesce(regexp_extract(e.context_page_url, '^[a-zA-Z]+://([^/:?#]+)', 1), '')) as own_host,
        e.context_campaign_source as campaign_source,
        e.context_campaign_medium as campaign_medium,
        e.context_campaign_name as campaign_name,
        coalesce(e.context_device_type, 'unknown') as device_type,
        lower(coalesce(e.context_user_agent, '')) as user_agent
    from sessions as s
    join silver.clicks as e on e.event_id = s.first_event_id
    join silver.clicks as l on l.event_id = s.last_event_id
    left join orders as o on o.first_event_id = s.first_event_id
)
select
    md5(concat(visitor_id, '|', cast(started_micros as string), '|', first_event_id)) as session_id,
    cast(from_utc_timestamp(started_at, setting('reporting_timezone')) as date) as session_date,
    visitor_id,
    user_id,
    started_at,
    ended_at,
    (ended_micros - started_micros) div 1000000 as duration_seconds,
    event_count,
    page_view_count,
    entry_page,
    exit_page,
    page_view_count <= 1 and add_count = 0 and order_count = 0 as is_bounce,
    case
        when (medium in ('cpc', 'ppc') or medium like 'paid%')
            and source in ('facebook', 'instagram', 'tiktok', 'twitter', 'pinterest') then 'paid_social'
        when medium in ('cpc', 'ppc') or medium like 'paid%' then 'paid_search'
        when medium = 'email' then 'email'
        when medium = 'affiliate' then 'affiliate'
        when medium is not null then 'campaign'
        when referrer_host = '' or referrer_host = own_host then 'direct'
        when referrer_host like '%google.%' or referrer_host like '%bing.%' or referrer_host like '%duckduckgo.%'
            then 'organic_search'
        when referrer_host like '%facebook.%' or referrer_host like '%instagram.%' or referrer_host like '%tiktok.%'
            or referrer_host like '%twitter.%' or referrer_host like '%pinterest.%' or referrer_host = 't.co'
            then 'social'
        else 'referral'
    end as channel,
    device_type,
    campaign_source,
    campaign_medium,
    campaign_name,
    product_view_count,
    add_count,
    coalesce(cart_amount, 0) as cart_amount,
    checkout_count > 0 as has_checkout,
    order_count > 0 as is_converted,
    order_count,
    order_ids,
    coalesce(revenue_amount, 0) as revenue_amount,
    event_count > 500 or user_agent like '%bot%' or user_agent like '%crawler%' or user_agent like '%spider%' as is_bot
from entries
