-- One row per hit of a visit.
select
    get_json_object(envelope, '$.idVisit') as visit_id,
    _item as hit_number,
    get_json_object(envelope, '$.visitorId') as visitor_id,
    timestamp_seconds(try_cast(get_json_object(raw, '$.timestamp') as bigint)) as hit_at,
    cast(timestamp_seconds(try_cast(get_json_object(raw, '$.timestamp') as bigint)) as date) as hit_date,
    get_json_object(raw, '$.type') as hit_type,
    get_json_object(raw, '$.url') as url,
    get_json_object(raw, '$.pageTitle') as page_title,
    get_json_object(envelope, '$.referrerType') as referrer_type,
    get_json_object(envelope, '$.referrerName') as referrer_name,
    get_json_object(envelope, '$.deviceType') as device_type,
    try_cast(get_json_object(raw, '$.revenue') as decimal(18, 4)) as revenue_amount,
    get_json_object(envelope, '$.siteCurrency') as currency
from bronze.visits
where _item is not null
