-- One row per event of the clickstream feed. All leaves are text: the contract's types are cast by the platform.
-- What an event of a batch does not say itself (when it was sent, its context), the batch says for it; what neither says and
-- the server saw (the address and the agent of a browser), the door that collected it says.
with events as (
    select
        from_json(raw, 'messageId STRING, type STRING, event STRING, anonymousId STRING, userId STRING,
            previousId STRING, originalTimestamp STRING, timestamp STRING, sentAt STRING, receivedAt STRING, properties STRING,
            traits STRING, context STRUCT<page: STRUCT<url: STRING, path: STRING, referrer: STRING, title: STRING, search: STRING>,
                campaign: STRUCT<source: STRING, medium: STRING, name: STRING, term: STRING, content: STRING>,
                userAgent: STRING, locale: STRING, ip: STRING, sessionId: STRING, traits: STRING, device: STRUCT<type: STRING>,
                library: STRUCT<name: STRING, version: STRING>>') as e,
        from_json(envelope, 'sentAt STRING, receivedAt STRING, collector STRUCT<source: STRING, ip: STRING, userAgent: STRING>,
            context STRUCT<page: STRUCT<url: STRING, path: STRING, referrer: STRING, title: STRING, search: STRING>,
                campaign: STRUCT<source: STRING, medium: STRING, name: STRING, term: STRING, content: STRING>,
                userAgent: STRING, locale: STRING, ip: STRING, device: STRUCT<type: STRING>,
                library: STRUCT<name: STRING, version: STRING>>') as b
    from bronze.clickstream
),
named as (
    select
        nullif(trim(e.messageId), '') as event_id,
        lower(e.type) as event_type,
        -- Whatever their case, and with `_` for a blank.
        case replace(lower(trim(e.event)), ' ', '_')
            when 'product_viewed' then 'Product Viewed'
            when 'view_item' then 'Product Viewed'
            when 'product_list_viewed' then 'Product List Viewed'
            when 'view_item_list' then 'Product List Viewed'
            when 'product_clicked' then 'Product Clicked'
            when 'select_item' then 'Product Clicked'
            when 'products_searched' then 'Products Searched'
            when 'search' then 'Products Searched'
            when 'product_added' then 'Product Added'
            when 'add_to_cart' then 'Product Added'
            when 'product_removed' then 'Product Removed'
            when 'remove_from_cart' then 'Product Removed'
            when 'cart_viewed' then 'Cart Viewed'
            when 'view_cart' then 'Cart Viewed'
            when 'checkout_started' then 'Checkout Started'
            when 'begin_checkout' then 'Checkout Started'
            when 'checkout_step_completed' then 'Checkout Step Completed'
            when 'payment_info_entered' then 'Payment Info Entered'
            when 'add_payment_info' then 'Payment Info Entered'
            when 'order_completed' then 'Order Completed'
            when 'purchase' then 'Order Completed'
            when 'order_refunded' then 'Order Refunded'
            when 'refund' then 'Order Refunded'
            when 'order_cancelled' then 'Order Cancelled'
            when 'order_canceled' then 'Order Cancelled'
            else nullif(trim(e.event), '')
        end as event_name,
        nullif(trim(e.anonymousId), '') as anonymous_id,
        nullif(trim(e.userId), '') as user_id,
        nullif(trim(e.previousId), '') as previous_id,
        coalesce(e.originalTimestamp, e.timestamp) as original_timestamp,
        coalesce(e.sentAt, b.sentAt) as sent_at,
        coalesce(e.receivedAt, b.receivedAt, e.sentAt, b.sentAt) as received_at,
        e.context as c,
        b.context as d,
        b.collector.source as source,
        -- Of a server that posts for others, agent and address are its own.
        case when b.collector.userAgent like 'Mozilla/%' then b.collector.userAgent end as seen_agent,
        case when b.collector.userAgent like 'Mozilla/%' then b.collector.ip end as seen_ip,
        e.traits as traits,
        e.properties as properties,
        from_json(e.properties, 'product_id STRING, quantity STRING, price STRING, order_id STRING, revenue STRING,
            total STRING, transaction_id STRING, value STRING, currency STRING') as p,
        case
            when replace(lower(trim(e.event)), ' ', '_') in ('order_refunded', 'refund')
                then from_json(e.properties, 'products ARRAY<STRUCT<price: STRING, quantity: STRING>>')
        end as r
    from events
),
-- Browsers compute with doubles: 59.970000000000006 is noise of more than 15 digits, and rounded. Fewer are kept or refused.
timed as (
    select
        *,
        case
            when length(coalesce(p.revenue, p.total, p.value)) > 16 then coalesce(
                cast(try_cast(coalesce(p.revenue, p.total, p.value) as decimal(18, 4)) as string),
                coalesce(p.revenue, p.total, p.value)
            )
            else coalesce(p.revenue, p.total, p.value)
        end as told_amount,
        coalesce(c.userAgent, d.userAgent, seen_agent) as user_agent,
        try_cast(received_at as timestamp) as received,
        try_cast(sent_at as timestamp) as sent,
        try_cast(original_timestamp as timestamp) as original
    from named
),
placed as (
    select
        *,
        case
            when original is null or sent is null then received
            else timestamp_micros(unix_micros(received) - (unix_micros(sent) - unix_micros(original)))
        end as event_at
    from timed
),
-- What is paid back of products: price times quantity, exactly; noise of a price is rounded in the sum. Where one of the two is
-- no such number, the products themselves stand for the amount, which is none: the event is refused with them. Without a
-- price nothing is known of the amount.
multiplied as (
    select
        *,
        -- Only where there are products: what is computed of their list costs time for events without one, too.
        case when r.products is not null then aggregate(
            r.products,
            cast(0 as decimal(36, 14)),
            (total, x) -> try_cast(
                total + try_cast(x.price as decimal(22, 10)) * coalesce(
                    try_cast(nullif(trim(x.quantity), '') as decimal(14, 4)), cast(1 as decimal(14, 4))
                ) as decimal(36, 14)
            )
        ) end as product_sum,
        case when r.products is not null then exists(r.products, x -> nullif(trim(x.price), '') is null) end as is_unpriced,
        case when r.products is not null then exists(r.products, x -> length(x.price) > 16) end as is_noisy,
        case when r.products is not null then exists(r.products, x -> nullif(trim(x.price), '') is not null and case
            when length(x.price) > 16 then try_cast(x.price as decimal(22, 10)) is null
            else not coalesce(try_cast(x.price as decimal(18, 6)) = try_cast(x.price as decimal(38, 26)), false)
        end) or exists(r.products, x -> nullif(trim(x.quantity), '') is not null and case
            when length(x.quantity) > 16
                then not coalesce(try_cast(x.quantity as decimal(14, 4)) = try_cast(x.quantity as decimal(24, 10)), false)
            else not coalesce(try_cast(x.quantity as decimal(14, 4)) = try_cast(x.quantity as decimal(36, 26)), false)
        end) end as is_no_product
    from placed
),
summed as (
    select
        *,
        case
            when coalesce(size(r.products), 0) <= 0 then cast(null as string)
            when is_no_product then get_json_object(properties, '$.products')
            when is_unpriced then cast(null as string)
            when is_noisy then coalesce(
                cast(try_cast(product_sum as decimal(18, 4)) as string), get_json_object(properties, '$.products')
            )
            else coalesce(cast(product_sum as string), get_json_object(properties, '$.products'))
        end as products_amount
    from multiplied
)
select
    event_id,
    cast(event_at as date) as event_date,
    event_at,
    event_type,
    event_name,
    coalesce(anonymous_id, user_id) as visitor_id,
    anonymous_id,
    user_id,
    previous_id,
    original_timestamp,
    sent_at,
    received_at,
    coalesce(c.page.url, d.page.url) as context_page_url,
    coalesce(c.page.path, d.page.path) as context_page_path,
    coalesce(c.page.referrer, d.page.referrer) as context_page_referrer,
    coalesce(c.page.title, d.page.title) as context_page_title,
    coalesce(c.page.search, d.page.search) as context_page_search,
    coalesce(c.campaign.source, d.campaign.source) as context_campaign_source,
    coalesce(c.campaign.medium, d.campaign.medium) as context_campaign_medium,
    coalesce(c.campaign.name, d.campaign.name) as context_campaign_name,
    coalesce(c.campaign.term, d.campaign.term) as context_campaign_term,
    coalesce(c.campaign.content, d.campaign.content) as context_campaign_content,
    user_agent as context_user_agent,
    coalesce(c.locale, d.locale) as context_locale,
    coalesce(c.ip, d.ip, seen_ip) as context_ip,
    coalesce(lower(coalesce(c.device.type, d.device.type)), case
        when user_agent like '%iPad%' or user_agent like '%Tablet%' then 'tablet'
        when user_agent like '%Mobi%' then 'mobile'
        when user_agent like '%Android%' then 'tablet'
        when user_agent like 'Mozilla/%' then 'desktop'
    end) as context_device_type,
    nullif(trim(c.sessionId), '') as context_session_id,
    coalesce(c.library.name, d.library.name) as context_library_name,
    coalesce(c.library.version, d.library.version) as context_library_version,
    p.product_id as product_id,
    p.quantity as quantity,
    -- Noise, as of the amounts above.
    case when length(p.price) > 16 then coalesce(cast(try_cast(p.price as decimal(18, 6)) as string), p.price) else p.price end as price,
    coalesce(nullif(trim(p.order_id), ''), nullif(trim(p.transaction_id), '')) as order_id,
    case when event_name = 'Order Completed' then told_amount end as revenue_amount,
    case when event_name = 'Order Refunded' then coalesce(told_amount, products_amount) end as refund_amount,
    nullif(upper(trim(p.currency)), '') as currency,
    coalesce(traits, c.traits) as traits,
    source,
    properties
from summed
