-- One row per campaign and day.
select
    campaign as campaign_name,
    day as spend_date,
    cost as cost_amount,
    currency_code as currency,
    impr as impression_count,
    clicks as click_count
from bronze.ads
