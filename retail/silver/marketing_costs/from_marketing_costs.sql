-- One row per line of the feed of marketing costs. A channel is written as those of the visits are: Paid Search is paid_search,
-- and Organic Social and Organic Video of GA4 are social and video. What a line does not say is empty, not null: it is part of the key.
with named as (
    select *, coalesce(regexp_replace(lower(trim(channel)), '[ -]+', '_'), '') as channel_name
    from bronze.marketing_costs
)
select
    cost_date,
    case channel_name when 'organic_social' then 'social' when 'organic_video' then 'video' else channel_name end as channel,
    coalesce(trim(campaign_source), '') as campaign_source,
    coalesce(trim(campaign_name), '') as campaign_name,
    upper(trim(currency)) as currency,
    cost as cost_amount,
    clicks as click_count,
    impressions as impression_count
from named
