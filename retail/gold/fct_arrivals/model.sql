-- One row per event that says where its visitor came from: by a campaign, a click id, or a page of somebody else's.
-- Pages, hosts and parameters repeat: what is said of them is found once for each distinct one, then joined.
with events as (
    select
        event_date,
        event_id,
        event_at,
        visitor_id,
        lower(trim(context_campaign_source)) as given_source,
        context_campaign_source,
        context_campaign_medium,
        context_campaign_name,
        context_campaign_term,
        context_campaign_content,
        -- All behind the page: utm tags stand behind # as well, and some clients give the query apart.
        case
            when contains(context_page_url, '=') then regexp_extract(context_page_url, '[?#](.*)$', 1)
            when contains(context_page_search, '=') then context_page_search
        end as query,
        case
            when contains(context_page_referrer, '//') then split_part(context_page_referrer, '/', 3)
            else split_part(context_page_referrer, '/', 1)
        end as referrer,
        split_part(context_page_url, '/', 3) as page
    from silver.clicks
),
telling as (
    select
        *,
        case when contains(query, 'utm_') then query end as tags,
        -- The names alone: a=1&b= is a=*&b=.
        lower(regexp_replace(query, '=[^&#]+', '=*')) as parameters
    from events
    where context_campaign_source is not null
        or context_campaign_medium is not null
        or context_campaign_name is not null
        or query is not null
        or (referrer <> '' and referrer <> coalesce(page, ''))
),
written as (
    select
        *,
        regexp_extract(tags, '(?:^|[?&#;])utm_source=([^&#]*)', 1) as utm_source,
        regexp_extract(tags, '(?:^|[?&#;])utm_medium=([^&#]*)', 1) as utm_medium,
        regexp_extract(tags, '(?:^|[?&#;])utm_campaign=([^&#]*)', 1) as utm_campaign,
        regexp_extract(tags, '(?:^|[?&#;])utm_term=([^&#]*)', 1) as utm_term,
        regexp_extract(tags, '(?:^|[?&#;])utm_content=([^&#]*)', 1) as utm_content,
        regexp_extract(tags, '(?:^|[?&#;])utm_id=([^&#]*)', 1) as utm_id
    from telling
),
addressed as (
    select
        *,
        nullif(trim(coalesce(url_decode(utm_source), utm_source)), '') as address_source,
        nullif(trim(coalesce(url_decode(utm_medium), utm_medium)), '') as address_medium,
        nullif(trim(coalesce(url_decode(utm_campaign), utm_campaign)), '') as address_name,
        nullif(trim(coalesce(url_decode(utm_term), utm_term)), '') as address_term,
        nullif(trim(coalesce(url_decode(utm_content), utm_content)), '') as address_content,
        nullif(trim(coalesce(url_decode(utm_id), utm_id)), '') as address_id
    from written
),
-- The address completes what the client says of the same campaign; of another one the client's word counts alone.
fitting as (
    select
        *,
        coalesce(given_source, '') = '' or given_source = lower(address_source) as is_same
    from addressed
),
tagged as (
    select
        *,
        coalesce(nullif(trim(context_campaign_source), ''), address_source) as campaign_source,
        coalesce(nullif(trim(context_campaign_medium), ''), case when is_same then address_medium end) as campaign_medium,
        coalesce(nullif(trim(context_campaign_name), ''), case when is_same then address_name end) as campaign_name,
        coalesce(nullif(trim(context_campaign_term), ''), case when is_same then address_term end) as campaign_term,
        coalesce(nullif(trim(context_campaign_content), ''), case when is_same then address_content end) as campaign_content,
        case when is_same then address_id end as campaign_id
    from fitting
),
-- Click ids: of several in one address the first by `place` counts.
parameter_sets as (
    select distinct parameters from telling where parameters is not null
),
named_parameters as (
    select parameters, parameter
    from parameter_sets
    lateral view explode(split(parameters, '[?&#;]')) one as parameter
),
ranked_clicks as (
    select
        p.parameters,
        c.parameter,
        c.source,
        c.source_kind,
        c.medium_kind,
        row_number() over (partition by p.parameters order by c.place, c.parameter) as rank_number
    from named_parameters as p
    join reference.click_ids as c on concat(c.parameter, '=*') = p.parameter
),
click_ids as (
    select * from ranked_clicks where rank_number = 1
),
-- Hosts: of referrers, of the pages they led to, and of sources that are named as a host.
pairs as (
    select distinct referrer, coalesce(page, '') as page from telling where referrer <> ''
),
plain as (
    select
        referrer,
        page,
        regexp_replace(regexp_replace(regexp_replace(lower(trim(referrer)), '^.*@', ''), '[:?#].*$', ''), '^www[.]|[.]+$', '') as host,
        regexp_replace(regexp_replace(regexp_replace(lower(trim(page)), '^.*@', ''), '[:?#].*$', ''), '^www[.]|[.]+$', '') as page_host
    from pairs
),
-- A shop has its page's domain and all below it, unless others live below that domain too.
domains as (
    select
        p.*,
        case
            when d.domain is null then regexp_extract(
                p.page_host, '([^.]+[.]((?:co|com|org|net|edu|gov|ac|or|ne|gob|go|nom|web)[.][a-z][a-z]|[^.]+))$', 1
            )
            else p.page_host
        end as page_domain
    from plain as p
    left join reference.shared_domains as d
        on d.domain = regexp_extract(p.page_host, '([^.]+[.][^.]+)$', 1)
),
outside as (
    select
        referrer,
        page,
        host
    from domains
    where contains(host, '.')
        and host <> page_host
        and host <> page_domain
        and (page_domain = '' or not endswith(host, concat('.', page_domain)))
),
source_hosts as (
    select distinct
        lower(campaign_source) as named,
        regexp_replace(
            regexp_replace(regexp_replace(lower(campaign_source), '^[a-z]+://', ''), '[:/?#].*$', ''), '^www[.]|[.]+$', ''
        ) as host
    from tagged
    where contains(campaign_source, '.')
),
hosts as (
    select host from outside
    union
    select host from source_hosts
),
labels as (
    select host, split(host, '[.]') as parts from hosts
),
ends as (
    select host, place, array_join(slice(parts, place, size(parts) - place + 1), '.') as ending
    from labels
    lateral view explode(sequence(1, size(parts))) one as place
),
candidates as (
    select host, place, 0 as is_wide, ending as candidate from ends
    union all
    select
        host,
        place,
        1 as is_wide,
        regexp_replace(ending, '[.](?:(?:co|com|org|net)[.][a-z][a-z]|com|[a-z][a-z])$', '.*') as candidate
    from ends
),
known_hosts as (
    select host, match, kind, source, 1 as priority from reference.hosts
    union all
    select regexp_replace(lower(trim(host)), '^www[.]', '') as host, 'suffix' as match, 'own' as kind, cast(null as string) as source, 0 as priority
    from (select explode(split(setting('own_hosts'), ',')) as host) as own
    union all
    select regexp_replace(lower(trim(host)), '^www[.]', '') as host, 'suffix' as match, 'payment' as kind, cast(null as string) as source, 0 as priority
    from (select explode(split(setting('payment_hosts'), ',')) as host) as payment
),
ranked_hosts as (
    select
        c.host,
        k.kind,
        k.source,
        row_number() over (
            partition by c.host order by k.priority, c.place, c.is_wide, k.kind, k.source
        ) as rank_number
    from candidates as c
    join known_hosts as k on k.host = c.candidate and (k.match = 'suffix' or c.place = 1)
),
host_kinds as (
    select host, kind, source from ranked_hosts where rank_number = 1
),
referrers as (
    select
        o.referrer,
        o.page,
        o.host,
        coalesce(h.kind, 'other') as kind,
        coalesce(h.source, o.host) as source
    from outside as o
    left join host_kinds as h on h.host = o.host
),
-- Sources and mediums of campaigns: what they are.
named_sources as (
    select distinct lower(campaign_source) as named from tagged where campaign_source is not null
),
sources as (
    select
        n.named,
        coalesce(s.kind, h.kind) as kind
    from named_sources as n
    left join reference.sources as s on s.source = n.named
    left join source_hosts as o on o.named = n.named
    left join host_kinds as h on h.host = o.host
),
named_mediums as (
    select distinct lower(campaign_medium) as named from tagged where campaign_medium is not null
),
ranked_mediums as (
    select
        n.named,
        m.kind,
        row_number() over (
            partition by n.named
            order by case when m.match = 'exact' then 0 else 1 end, length(m.medium) desc, m.medium, m.match
        ) as rank_number
    from named_mediums as n
    join reference.mediums as m
        on n.named = m.medium
        or (m.match = 'prefix' and startswith(n.named, m.medium))
        or (m.match = 'suffix' and endswith(n.named, m.medium))
        or (m.match = 'contains' and contains(n.named, m.medium))
),
mediums as (
    select named, kind from ranked_mediums where rank_number = 1
),
meant as (
    select
        t.*,
        case when coalesce(s.kind, '') <> 'none' then lower(t.campaign_source) end as source,
        case when coalesce(m.kind, '') <> 'none' then lower(t.campaign_medium) end as medium,
        nullif(s.kind, 'none') as source_kind,
        nullif(m.kind, 'none') as medium_kind,
        c.parameter as click_id_type,
        c.source as click_source,
        c.source_kind as click_source_kind,
        c.medium_kind as click_medium_kind,
        coalesce(r.kind, 'own') as referrer_kind,
        r.host as referrer_host,
        r.source as referrer_source
    from tagged as t
    left join sources as s on s.named = lower(t.campaign_source)
    left join mediums as m on m.named = lower(t.campaign_medium)
    left join click_ids as c on c.parameters = t.parameters
    left join referrers as r on r.referrer = t.referrer and r.page = coalesce(t.page, '')
),
-- A paid click is paid whatever the tags forgot; any other click id counts where nothing else is said.
decided as (
    select
        *,
        source is not null
            or medium is not null
            or (campaign_name is not null and campaign_name not like '(%)')
            or campaign_id is not null as has_tags,
        click_id_type is not null
            and case
                when click_medium_kind in ('paid', 'display', 'affiliate') then not (
                    coalesce(medium_kind, '') like 'paid%' or coalesce(medium_kind, '') in ('display', 'affiliate')
                )
                else source is null and medium is null
            end as is_click
    from meant
),
kinds as (
    select
        *,
        case
            when is_click or has_tags then 'campaign'
            when referrer_kind not in ('own', 'payment', 'sign_in') then 'referrer'
        end as kind,
        case when is_click then click_medium_kind when has_tags then medium_kind end as final_medium_kind,
        case
            when is_click and coalesce(source_kind, '') not in ('search', 'social', 'social_video', 'video', 'shopping')
                then click_source_kind
            when is_click then source_kind
            when has_tags then source_kind
            else referrer_kind
        end as final_source_kind
    from decided
)
select
    k.event_date,
    k.event_id,
    k.event_at,
    k.visitor_id,
    k.kind,
    case
        when k.kind is null then null
        else coalesce(
            both.channel,
            by_medium.channel,
            by_source.channel,
            case when k.kind = 'campaign' then 'campaign' else 'referral' end
        )
    end as channel,
    case when k.kind = 'campaign' then coalesce(k.source, case when k.is_click then k.click_source end)
        when k.kind = 'referrer' then k.referrer_source end as source,
    case when k.kind = 'campaign' then k.campaign_source end as campaign_source,
    case when k.kind = 'campaign' then k.campaign_medium end as campaign_medium,
    k.campaign_name,
    k.campaign_term,
    k.campaign_content,
    k.campaign_id,
    k.click_id_type,
    k.referrer_host,
    k.referrer_kind = 'payment' as is_payment_return
from kinds as k
left join reference.channels as both
    on both.medium_kind = k.final_medium_kind and both.source_kind = k.final_source_kind
left join reference.channels as by_medium
    on by_medium.medium_kind = k.final_medium_kind and by_medium.source_kind is null
left join reference.channels as by_source
    on by_source.source_kind = k.final_source_kind and by_source.medium_kind is null
where k.kind is not null or k.referrer_kind = 'payment'
