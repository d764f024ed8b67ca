-- One row per session: the events of a visitor with pauses of at most `session_gap_minutes` (a setting).
-- A visitor who never pauses would make one endless session: after a whole UTC day without a pause the next
-- day starts a new one. So a session starting on a day needs the clicks of that day, the one before and after.
-- Another customer ends a visit too, at the first event that names them where somebody else was named before it in the
-- same visit; who used the browser in an earlier visit ends none. Browsers that named two are few, so only their events are
-- looked at.
-- The windows run over few and narrow columns; what only the first or last event says is joined afterwards, and so is
-- what a server tells of the visit: it neither begins nor prolongs one.
with shared as (
    select i.anonymous_id
    from gold.fct_identities as i
    left join gold.dim_alias as a on a.user_id = i.user_id
    group by i.anonymous_id
    having min(coalesce(a.customer_id, i.user_id)) <> max(coalesce(a.customer_id, i.user_id))
),
clicks as (
    select
        c.visitor_id,
        c.event_id,
        unix_micros(c.event_at) as at_micros,
        unix_micros(c.event_at) div 86400000000 as day_number,
        -- How long its visitor may have been away before this event of the same visit.
        60000000 * cast(
            case
                when a.is_payment_return
                    then greatest(setting('payment_return_minutes'), setting('session_gap_minutes'))
                else setting('session_gap_minutes')
            end as bigint
        ) as own_pause_micros,
        a.kind is not null as is_arrival,
        user_id,
        case when anonymous_id is not null then user_id end as named_id,
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
        end as cart_amount,
        -- A price without a currency is in one of its own, the unknown one: with others it is no sum.
        case when event_name in ('Product Added', 'Product Removed') and price is not null then coalesce(currency, '') end
            as cart_currency
    from silver.clicks as c
    left join gold.fct_arrivals as a on a.event_id = c.event_id
    where anonymous_id is not null or event_type in ('page', 'screen')
),
paced as (
    select
        *,
        lag(at_micros) over (partition by visitor_id order by at_micros, event_id) as previous_micros,
        -- Clients send what has no page just before the page: what it says of the minute before it is said of that too.
        max(own_pause_micros) over (
            partition by visitor_id, day_number order by at_micros range between current row and 60000000 following
        ) as pause_micros
    from clicks
),
-- A day has a break when an event comes more than that after the one before it on that day, or after midnight.
broken as (
    select
        *,
        max(
            case
                when at_micros - greatest(coalesce(previous_micros, 0), day_number * 86400000000)
                    > pause_micros
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
                or at_micros - previous_micros > pause_micros then 1
            when previous_micros < day_number * 86400000000
                and coalesce(last_break_micros, 0) < (day_number - 1) * 86400000000 then 1
            else 0
        end as is_new
    from broken
),
-- Visits of browsers that named two, by pauses alone, and where somebody else is named in one.
shared_visits as (
    select
        m.visitor_id,
        m.event_id,
        m.at_micros,
        m.named_id,
        sum(m.is_new) over (
            partition by m.visitor_id order by m.at_micros, m.event_id rows between unbounded preceding and current row
        ) as visit_number
    from marked as m
    join shared as s on s.anonymous_id = m.visitor_id
),
named as (
    select
        v.event_id,
        coalesce(a.customer_id, v.named_id) as customer_id,
        lag(coalesce(a.customer_id, v.named_id)) over (
            partition by v.visitor_id, v.visit_number order by v.at_micros, v.event_id
        ) as previous_id
    from shared_visits as v
    left join gold.dim_alias as a on a.user_id = v.named_id
    where v.named_id is not null
),
handovers as (
    select event_id from named where customer_id <> previous_id
),
parted as (
    select
        m.*,
        case when h.event_id is not null then 1 else m.is_new end as is_start
    from marked as m
    left join handovers as h on h.event_id = m.event_id
),
numbered as (
    select
        *,
        sum(is_start) over (
            partition by visitor_id order by at_micros, event_id rows between unbounded preceding and current row
        ) as session_number,
        coalesce(lead(is_start) over (partition by visitor_id order by at_micros, event_id), 1) as is_end
    from parted
),
sessions as (
    select
        visitor_id,
        session_number,
        max(case when is_start = 1 then event_id end) as first_event_id,
        max(case when is_end = 1 then event_id end) as last_event_id,
        -- The first that says where the visit came from, and the first page.
        substring(
            min(case when is_arrival then concat(lpad(cast(at_micros as string), 17, '0'), event_id) end), 18
        ) as arrival_event_id,
        substring(
            min(case when kind = 1 then concat(lpad(cast(at_micros as string), 17, '0'), event_id) end), 18
        ) as first_page_event_id,
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
        -- Steps of the funnel in their order: the time, and which one it was.
        sort_array(collect_list(case kind
            when 2 then at_micros * 4
            when 3 then at_micros * 4 + 1
            when 5 then at_micros * 4 + 2
        end)) as steps,
        sum(cart_amount) as cart_amount,
        min(cart_currency) as cart_currency,
        min(cart_currency) = max(cart_currency) as is_one_currency
    from numbered
    group by visitor_id, session_number
),
-- Orders, and events that servers sent: each is of the visit that began last before it, on that day or the day before.
told as (
    select
        visitor_id,
        visit_event_id as event_id,
        unix_micros(visit_event_at) as at_micros,
        order_id,
        reporting_revenue_amount as revenue_amount,
        reporting_currency as currency,
        3 as step,
        cast(null as decimal(38, 10)) as cart_amount,
        cast(null as string) as cart_currency
    from gold.fct_orders
    where visit_event_id is not null
    union all
    select
        visitor_id,
        event_id,
        unix_micros(event_at) as at_micros,
        cast(null as string) as order_id,
        cast(null as decimal(28, 4)) as revenue_amount,
        cast(null as string) as currency,
        case
            when event_name = 'Product Viewed' then 0
            when event_name = 'Product Added' then 1
            when event_name in ('Checkout Started', 'Checkout Step Completed', 'Payment Info Entered') then 2
        end as step,
        case
            when event_name = 'Product Added' then cast(price as decimal(19, 6)) * coalesce(quantity, 1)
            when event_name = 'Product Removed' then -cast(price as decimal(19, 6)) * coalesce(quantity, 1)
        end as cart_amount,
        case when event_name in ('Product Added', 'Product Removed') and price is not null then coalesce(currency, '') end
            as cart_currency
    from gold.fct_server_events
),
placed as (
    select
        t.*,
        s.first_event_id,
        row_number() over (
            partition by t.event_id, t.order_id order by s.started_micros desc, s.first_event_id desc
        ) as place
    from told as t
    join sessions as s
        on s.visitor_id = t.visitor_id
        and s.started_micros <= t.at_micros
        and (s.started_micros < t.at_micros or s.first_event_id <= t.event_id or t.order_id is null)
        and t.at_micros div 86400000000 - s.started_micros div 86400000000 <= 1
),
additions as (
    select
        first_event_id,
        count(order_id) as order_count,
        count_if(order_id is null) as event_count,
        count_if(order_id is null and step = 0) as product_view_count,
        count_if(order_id is null and step = 1) as add_count,
        count_if(order_id is null and step = 2) as checkout_count,
        array_join(sort_array(collect_list(order_id)), ',') as order_ids,
        sort_array(collect_list(at_micros * 4 + step)) as steps,
        sum(cart_amount) as cart_amount,
        min(cart_currency) as cart_currency,
        min(cart_currency) = max(cart_currency) as is_one_currency
    from placed
    where place = 1
    group by first_event_id
),
-- What browsers and servers told of the cart of a visit, where it is in one currency all the way.
cart_parts as (
    select first_event_id, cart_amount, cart_currency, is_one_currency from sessions where cart_currency is not null
    union all
    select first_event_id, cart_amount, cart_currency, is_one_currency from additions where cart_currency is not null
),
carts as (
    select
        first_event_id,
        sum(cart_amount) as cart_amount,
        min(cart_currency) as cart_currency,
        min(cart_currency) = max(cart_currency) and bool_and(is_one_currency) as is_one_currency
    from cart_parts
    group by first_event_id
),
revenues as (
    select
        first_event_id,
        currency,
        count(*) as order_count,
        sum(revenue_amount) as revenue_amount
    from placed
    where place = 1 and order_id is not null and revenue_amount is not null
    group by first_event_id, currency
),
entries as (
    select
        s.visitor_id,
        s.user_id,
        s.first_event_id,
        s.last_event_id,
        s.started_micros,
        s.ended_micros,
        s.page_view_count,
        s.event_count + coalesce(o.event_count, 0) as event_count,
        s.product_view_count + coalesce(o.product_view_count, 0) as product_view_count,
        s.add_count + coalesce(o.add_count, 0) as add_count,
        s.checkout_count + coalesce(o.checkout_count, 0) as checkout_count,
        -- Nothing in the cart is 0 of any currency; several currencies are no sum.
        case when c.first_event_id is null then 0 when c.is_one_currency then c.cart_amount end as cart_amount,
        case when c.is_one_currency then nullif(c.cart_currency, '') end as cart_currency,
        case
            when o.first_event_id is null then s.steps
            else sort_array(flatten(array(s.steps, o.steps)))
        end as steps,
        coalesce(o.order_count, 0) as order_count,
        nullif(o.order_ids, '') as order_ids,
        -- Where orders are in several currencies, or the revenue of one is not known, none has the count of all.
        case when coalesce(o.order_count, 0) = 0 then 0 else r.revenue_amount end as revenue_amount,
        r.currency,
        e.event_at as started_at,
        l.event_at as ended_at,
        coalesce(e.context_page_path, p.context_page_path) as entry_page,
        l.context_page_path as exit_page,
        s.arrival_event_id,
        coalesce(a.channel, 'direct') as channel,
        a.campaign_source,
        a.campaign_medium,
        a.campaign_name,
        a.click_id_type,
        a.referrer_host,
        coalesce(e.context_device_type, p.context_device_type, 'unknown') as device_type,
        coalesce(e.context_user_agent, p.context_user_agent, l.context_user_agent) as user_agent
    from sessions as s
    join silver.clicks as e on e.event_id = s.first_event_id
    join silver.clicks as l on l.event_id = s.last_event_id
    left join silver.clicks as p on p.event_id = s.first_page_event_id
    left join gold.fct_arrivals as a on a.event_id = s.arrival_event_id
    left join additions as o on o.first_event_id = s.first_event_id
    left join carts as c on c.first_event_id = s.first_event_id
    left join revenues as r on r.first_event_id = s.first_event_id and r.order_count = o.order_count
),
-- Words of a user agent that are a robot's; each distinct agent once.
agents as (
    select user_agent, concat(' ', trim(regexp_replace(lower(user_agent), '[^a-z0-9]+', ' ')), ' ') as words
    from (select distinct user_agent from entries where user_agent is not null) as each
),
agent_words as (
    select user_agent, words, word
    from agents
    lateral view explode(split(trim(words), ' ')) one as word
),
distinct_words as (
    select distinct word from agent_words
),
robot_words as (
    select w.word
    from distinct_words as w
    join reference.bots as b on b.match = 'ending' and endswith(w.word, b.name)
    left join reference.bots as q on q.match = 'person' and endswith(w.word, q.name)
    where q.name is null
),
rules as (
    select a.user_agent, a.word as rule
    from agent_words as a
    join robot_words as r on r.word = a.word
    union all
    select a.user_agent, b.name as rule
    from agent_words as a
    join reference.bots as b
        on b.match = 'name' and split_part(b.name, ' ', 1) = a.word and contains(a.words, concat(' ', b.name, ' '))
),
robots as (
    select user_agent, min(rule) as rule from rules group by user_agent
),
judged as (
    select
        e.*,
        coalesce(r.rule, case when e.event_count > setting('bot_event_count') then 'event_count' end) as bot_rule
    from entries as e
    left join robots as r on r.user_agent = e.user_agent
)
select
    -- Not of the visitor: whoever reads the other two would know whom a list of visitors names.
    md5(concat(cast(started_micros as string), '|', first_event_id)) as session_id,
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
    channel,
    device_type,
    campaign_source,
    campaign_medium,
    campaign_name,
    product_view_count,
    add_count,
    cast(cart_amount as decimal(28, 10)) as cart_amount,
    cart_currency,
    checkout_count > 0 as has_checkout,
    order_count > 0 as is_converted,
    order_count,
    order_ids,
    revenue_amount,
    currency,
    -- Each step counts after the one before it: what is next is the number of those taken.
    cast(aggregate(steps, 0, (taken, micros) -> case when micros % 4 = taken then taken + 1 else taken end) as int) as funnel_step,
    click_id_type,
    referrer_host,
    arrival_event_id,
    first_event_id,
    last_event_id,
    bot_rule is not null as is_bot,
    bot_rule
from judged
