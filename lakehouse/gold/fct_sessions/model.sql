-- One row per session: the events of a visitor with pauses of at most 30 minutes (1,800,000,000 microseconds).
-- A visitor who never pauses would make one endless session: after a whole UTC day without a pause the next
-- day starts a new one. So a session starting on a day needs the clicks of that day, the one before and after.
with clicks as (
    select
        visitor_id,
        event_id,
        event_date,
        event_at,
        unix_micros(event_at) as at_micros,
        user_id,
        context_page_path as page_path,
        event_type in ('page', 'screen') as is_page,
        coalesce(event_name, '') as event_name,
        order_id,
        revenue_amount,
        cast(price * coalesce(quantity, 1) as decimal(18, 4)) as item_amount
    from silver.clicks
),
paced as (
    select
        *,
        at_micros - lag(at_micros) over (partition by visitor_id order by event_at, event_id) as pause_micros,
        lag(event_date) over (partition by visitor_id order by event_at, event_id) as previous_date
    from clicks
),
crossings as (
    select visitor_id, event_date, date_sub(event_date, 1) as day_before
    from paced
    where pause_micros <= 1800000000 and previous_date < event_date
),
restless_days as (
    select p.visitor_id, p.event_date
    from paced as p
    join crossings as c on c.visitor_id = p.visitor_id and c.day_before = p.event_date
    group by p.visitor_id, p.event_date
    having max(case when p.previous_date = p.event_date then p.pause_micros else 0 end) <= 1800000000
        and min(p.at_micros) - unix_micros(cast(p.event_date as timestamp)) <= 1800000000
),
cuts as (
    select c.visitor_id, c.event_date
    from crossings as c
    join restless_days as r on r.visitor_id = c.visitor_id and r.event_date = c.day_before
),
marked as (
    select
        p.*,
        case
            when p.pause_micros is null or p.pause_micros > 1800000000 then 1
            when p.previous_date < p.event_date and c.visitor_id is not null then 1
            else 0
        end as is_start
    from paced as p
    left join cuts as c on c.visitor_id = p.visitor_id and c.event_date = p.event_date
),
numbered as (
    select
        *,
        sum(is_start) over (
            partition by visitor_id order by event_at, event_id rows between unbounded preceding and current row
        ) as session_number,
        coalesce(lead(is_start) over (partition by visitor_id order by event_at, event_id), 1) as is_end
    from marked
),
sessions as (
    select
        visitor_id,
        session_number,
        max(case when is_start = 1 then event_id end) as first_event_id,
        min(event_at) as started_at,
        max(event_at) as ended_at,
        min(at_micros) as started_micros,
        max(at_micros) as ended_micros,
        substring(
            max(case when user_id is not null then concat(lpad(cast(at_micros as string), 17, '0'), user_id) end), 18
        ) as user_id,
        count(*) as event_count,
        count_if(is_page) as page_view_count,
        max(case when is_start = 1 then page_path end) as entry_page,
        max(case when is_end = 1 then page_path end) as exit_page,
        count_if(event_name = 'Product Viewed') as product_view_count,
        count_if(event_name = 'Product Added') as add_count,
        sum(
            case event_name when 'Product Added' then item_amount when 'Product Removed' then -item_amount end
        ) as cart_amount,
        count_if(event_name in ('Checkout Started', 'Checkout Step Completed', 'Payment Info Entered')) as checkout_count,
        count(distinct case when event_name = 'Order Completed' then order_id end) as order_count,
        array_join(
            sort_array(collect_set(case when event_name = 'Order Completed' then order_id end)), ','
        ) as order_ids,
        sum(case when event_name = 'Order Completed' then revenue_amount end) as revenue_amount
    from numbered
    group by visitor_id, session_number
),
entries as (
    select
        s.*,
        lower(coalesce(e.context_campaign_source, '')) as source,
        lower(e.context_campaign_medium) as medium,
        lower(coalesce(regexp_extract(e.context_page_referrer, '^[a-zA-Z]+://([^/:?#]+)', 1), '')) as referrer_host,
        lower(coalesce(regexp_extract(e.context_page_url, '^[a-zA-Z]+://([^/:?#]+)', 1), '')) as own_host,
        e.context_campaign_source as campaign_source,
        e.context_campaign_medium as campaign_medium,
        e.context_campaign_name as campaign_name,
        coalesce(e.context_device_type, 'unknown') as device_type,
        lower(coalesce(e.context_user_agent, '')) as user_agent
    from sessions as s
    join silver.clicks as e on e.event_id = s.first_event_id
)
select
    md5(concat(visitor_id, '|', cast(started_micros as string), '|', first_event_id)) as session_id,
    cast(started_at as date) as session_date,
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
    nullif(order_ids, '') as order_ids,
    coalesce(revenue_amount, 0) as revenue_amount,
    event_count > 500 or user_agent like '%bot%' or user_agent like '%crawler%' or user_agent like '%spider%' as is_bot
from entries
