-- One row per product in the list of an event: `products` of the Segment spec, `items` of Google Analytics 4.
-- The product that an event names itself is in silver.clicks.
with elements as (
    select
        from_json(raw, 'messageId STRING, originalTimestamp STRING, timestamp STRING, sentAt STRING, receivedAt STRING,
            properties STRUCT<currency: STRING>') as e,
        from_json(envelope, 'sentAt STRING, receivedAt STRING') as b,
        _item as line_number,
        explode(
            case
                -- Names of properties stand in quotes: the addresses of most pages hold such a word, too.
                when not contains(raw, '"products"') and not contains(raw, '"items"') then null
                when size(from_json(raw, 'properties STRUCT<products: ARRAY<STRING>>').properties.products) > 0
                    then from_json(raw, 'properties STRUCT<products: ARRAY<STRING>>').properties.products
                when size(from_json(raw, 'properties STRUCT<items: ARRAY<STRING>>').properties.items) > 0
                    then from_json(raw, 'properties STRUCT<items: ARRAY<STRING>>').properties.items
                -- No list: one product, or anything else, of which has_product warns. Not rejected: a property `items`
                -- of another meaning, on every event of somebody, must not stop the table by its share.
                when
                    from_json(raw, 'properties STRUCT<products: ARRAY<STRING>>').properties.products is null
                    and trim(from_json(raw, 'properties STRUCT<products: STRING>').properties.products) <> ''
                    then array(from_json(raw, 'properties STRUCT<products: STRING>').properties.products)
                when
                    from_json(raw, 'properties STRUCT<items: ARRAY<STRING>>').properties.items is null
                    and trim(from_json(raw, 'properties STRUCT<items: STRING>').properties.items) <> ''
                    then array(from_json(raw, 'properties STRUCT<items: STRING>').properties.items)
            end
        ) as item
    from bronze.clickstream
),
named as (
    select
        nullif(trim(e.messageId), '') as event_id,
        line_number,
        try_cast(coalesce(e.originalTimestamp, e.timestamp) as timestamp) as original,
        try_cast(coalesce(e.sentAt, b.sentAt) as timestamp) as sent,
        coalesce(e.receivedAt, b.receivedAt, e.sentAt, b.sentAt) as received_at,
        e.properties.currency as event_currency,
        from_json(item, 'product_id STRING, item_id STRING, sku STRING, quantity STRING, price STRING, currency STRING') as i
    from elements
),
timed as (
    select *, try_cast(received_at as timestamp) as received
    from named
),
-- By the clock of the device, corrected: as in silver.clicks.
placed as (
    select
        *,
        case
            when original is null or sent is null then received
            else timestamp_micros(unix_micros(received) - (unix_micros(sent) - unix_micros(original)))
        end as event_at
    from timed
)
select
    event_id,
    line_number,
    cast(event_at as date) as event_date,
    received_at,
    coalesce(nullif(trim(i.product_id), ''), nullif(trim(i.item_id), ''), nullif(trim(i.sku), '')) as product_id,
    nullif(trim(i.quantity), '') as quantity,
    -- Noise of browsers, which compute with doubles: rounded, as in silver.clicks.
    case
        when length(i.price) > 16 then coalesce(cast(try_cast(i.price as decimal(18, 6)) as string), i.price)
        else nullif(trim(i.price), '')
    end as price,
    nullif(upper(trim(coalesce(i.currency, event_currency))), '') as currency
from placed
