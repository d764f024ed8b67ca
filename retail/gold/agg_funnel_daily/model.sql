-- One row per day, channel and device: visits that took each step after all steps before it.
with totals as (
    select
        session_date,
        channel,
        device_type,
        count(*) as session_count,
        count_if(funnel_step >= 1) as viewed_count,
        count_if(funnel_step >= 2) as added_count,
        count_if(funnel_step >= 3) as checkout_count,
        count_if(funnel_step >= 4) as ordered_count,
        count_if(is_converted) as converted_count,
        count_if(is_converted and not has_checkout) as without_checkout_count
    from gold.fct_sessions
    where not is_bot
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
    converted_count,
    without_checkout_count,
    try_divide(cast(viewed_count as double), cast(session_count as double)) as viewed_rate,
    try_divide(cast(added_count as double), cast(viewed_count as double)) as added_rate,
    try_divide(cast(checkout_count as double), cast(added_count as double)) as checkout_rate,
    try_divide(cast(ordered_count as double), cast(checkout_count as double)) as ordered_rate,
    try_divide(cast(ordered_count as double), cast(session_count as double)) as conversion_rate
from totals
