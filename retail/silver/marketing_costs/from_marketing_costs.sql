-- One row per line of the feed of marketing costs. A channel is written as those of the visits are: Paid Search is paid_search.
-- What a line does not say is empty, not null: it is part of the key.
select
    cost_date,
    coalesce(regexp_replace(lower(trim(channel)), '[ -]+', '_'), '') as channel,
    coalesce(trim(campaign_source), '') as campaign_source,
    coalesce(trim(campaign_name), '') as campaign_name,
    upper(trim(currency)) as currency,
    cost as cost_amount,
    clicks as click_count,
    impressions as impression_count
from bronze.marketing_costs
