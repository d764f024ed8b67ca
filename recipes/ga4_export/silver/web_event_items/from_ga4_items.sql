-- One row per item of an event.
select
    get_json_object(envelope, '$.user_pseudo_id') as visitor_id,
    timestamp_micros(try_cast(get_json_object(envelope, '$.event_timestamp') as bigint)) as event_at,
    cast(timestamp_micros(try_cast(get_json_object(envelope, '$.event_timestamp') as bigint)) as date) as event_date,
    get_json_object(envelope, '$.event_name') as event_name,
    coalesce(get_json_object(envelope, '$.event_bundle_sequence_id'), '0') as bundle,
    _item as item_number,
    get_json_object(raw, '$.item_id') as product_id,
    coalesce(get_json_object(raw, '$.quantity'), '1') as quantity,
    get_json_object(raw, '$.price') as price
from bronze.ga4_items
where _item is not null
