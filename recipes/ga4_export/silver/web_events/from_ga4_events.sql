-- One row per event. GA4 gives it no id: who, when, what and the bundle it was sent in tell events apart.
with events as (
    select
        get_json_object(raw, '$.user_pseudo_id') as visitor_id,
        get_json_object(raw, '$.event_timestamp') as micros,
        get_json_object(raw, '$.event_name') as event_name,
        get_json_object(raw, '$.event_bundle_sequence_id') as bundle,
        get_json_object(raw, '$.ecommerce.transaction_id') as transaction_id,
        get_json_object(raw, '$.ecommerce.purchase_revenue') as revenue_amount,
        from_json(raw, 'event_params ARRAY<STRUCT<key: STRING, value: STRUCT<string_value: STRING, int_value: STRING>>>').event_params as params
    from bronze.ga4_events
)
select
    visitor_id,
    timestamp_micros(try_cast(micros as bigint)) as event_at,
    cast(timestamp_micros(try_cast(micros as bigint)) as date) as event_date,
    event_name,
    coalesce(bundle, '0') as bundle,
    element_at(filter(params, p -> p.key = 'ga_session_id'), 1).value.int_value as session_id,
    element_at(filter(params, p -> p.key = 'page_location'), 1).value.string_value as page_url,
    element_at(filter(params, p -> p.key = 'currency'), 1).value.string_value as currency,
    nullif(transaction_id, '(not set)') as transaction_id,
    revenue_amount
from events
