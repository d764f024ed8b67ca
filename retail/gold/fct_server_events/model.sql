-- One row per event of a customer without a browser's id that belongs to a visit that was open at that moment.
-- Of the visits of that customer it is the one whose last event is the latest, at most `session_gap_minutes` before. Whose
-- a visit is says the customer named last in it up to that moment, or else the one named first afterwards, no more than a
-- UTC day away: so the events of three days are enough. Page and screen views make a visit of their own, whoever sends them.
with people as (
    select user_id, customer_id from gold.dim_alias
),
sent as (
    select
        c.event_id,
        c.event_date,
        c.event_at,
        unix_micros(c.event_at) as at_micros,
        c.event_name,
        c.user_id,
        c.price,
        c.quantity,
        c.currency,
        coalesce(p.customer_id, c.user_id) as customer_id
    from silver.clicks as c
    left join people as p on p.user_id = c.user_id
    where c.anonymous_id is null and c.event_type not in ('page', 'screen')
),
customers as (
    select distinct customer_id from sent
),
-- Browsers that named them about that time; a client that has no browser's id is known by the customer's.
browsers as (
    select i.anonymous_id as visitor_id, s.customer_id
    from gold.fct_identities as i
    left join people as p on p.user_id = i.user_id
    join customers as s on s.customer_id = coalesce(p.customer_id, i.user_id)
    union
    select p.user_id as visitor_id, s.customer_id
    from people as p
    join customers as s on s.customer_id = p.customer_id
    union
    select customer_id as visitor_id, customer_id from customers
),
visitors as (
    select distinct visitor_id from browsers
),
seen as (
    select
        c.visitor_id,
        c.event_id,
        c.event_date,
        unix_micros(c.event_at) as at_micros,
        coalesce(p.customer_id, c.user_id) as customer_id,
        lag(unix_micros(c.event_at)) over (partition by c.visitor_id order by c.event_at, c.event_id) as previous_micros
    from silver.clicks as c
    join visitors as b on b.visitor_id = c.visitor_id
    left join people as p on p.user_id = c.user_id
    where c.anonymous_id is not null or c.event_type in ('page', 'screen')
),
visits as (
    select
        *,
        sum(
            case
                when at_micros - coalesce(previous_micros, 0) > cast(setting('session_gap_minutes') as bigint) * 60000000 then 1
                else 0
            end
        ) over (
            partition by visitor_id order by at_micros, event_id rows between unbounded preceding and current row
        ) as visit_number
    from seen
),
-- The last event of each browser up to that moment, where its visit is still open.
open as (
    select
        s.event_id,
        s.at_micros,
        s.event_date,
        s.customer_id,
        v.visitor_id,
        v.visit_number,
        v.at_micros as last_micros,
        row_number() over (
            partition by s.event_id, v.visitor_id order by v.at_micros desc, v.event_id desc
        ) as place
    from sent as s
    join browsers as b on b.customer_id = s.customer_id
    join visits as v
        on v.visitor_id = b.visitor_id
        and v.at_micros between s.at_micros - cast(setting('session_gap_minutes') as bigint) * 60000000 and s.at_micros
),
named as (
    select
        o.event_id,
        o.customer_id,
        o.visitor_id,
        o.last_micros,
        v.customer_id as named_id,
        row_number() over (
            partition by o.event_id, o.visitor_id
            order by
                case when v.at_micros <= o.at_micros then 0 else 1 end,
                abs(o.at_micros - v.at_micros),
                v.event_id
        ) as place
    from open as o
    join visits as v
        on v.visitor_id = o.visitor_id
        and v.visit_number = o.visit_number
        and v.event_date between date_sub(o.event_date, 1) and date_add(o.event_date, 1)
    where o.place = 1 and v.customer_id is not null
),
chosen as (
    select
        event_id,
        visitor_id,
        row_number() over (partition by event_id order by last_micros desc, visitor_id) as place
    from named
    where place = 1 and named_id = customer_id
)
select
    s.event_date,
    s.event_id,
    s.event_at,
    c.visitor_id,
    s.user_id,
    s.event_name,
    s.price,
    s.quantity,
    s.currency
from sent as s
join chosen as c on c.event_id = s.event_id and c.place = 1
