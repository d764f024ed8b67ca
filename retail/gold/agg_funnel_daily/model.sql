-- One row per day, channel and device: visits that took each step after all steps before it.
with steps as (
    select
        session_date,
        channel,
        device_type,
        product_view_count > 0 as has_viewed,
        product_view_count > 0 and add_count > 0 as has_added,
        product_view_count > 0 and add_count > 0 and has_checkout as has_checked_out,
        product_view_count > 0 and add_count > 0 and has_checkout and is_converted as has_ordered
    from gold.fct_sessions
    where not is_bot
),
totals as (
    select
        session_date,
        channel,
        device_type,
        count(*) as session_count,
        count_if(has_viewed) as viewed_count,
        count_if(has_added) as added_count,
        count_if(has_checked_out) as checkout_count,
        count_if(has_ordered) as ordered_count
    from steps
    group by session_date, channel, device_type
)
select
    session_date,
    channel,
    device_type,
    session_count,
    viewed_count,
    added_count,
    checkout_count,
    ordered_count,
    try_divide(cast(viewed_count as double), cast(session_count as double)) as viewed_rate,
    try_divide(cast(added_count as double), cast(viewed_count as double)) as added_rate,
    try_divide(cast(checkout_count as double), cast(added_count as double)) as checkout_rate,
    try_divide(cast(ordered_count as double), cast(checkout_count as double)) as ordered_rate,
    try_divide(cast(ordered_count as double), cast(session_count as double)) as conversion_rate
from totals
