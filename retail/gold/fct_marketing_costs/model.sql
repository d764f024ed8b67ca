-- One row per cost of a channel or campaign: with the channel it belongs to, and in the reporting currency.
-- A campaign without a channel has the one in which most touches of it were on that day.
with costs as (
    select
        *,
        coalesce(nullif(upper(trim(setting('reporting_currency'))), ''), currency) as reporting_currency
    from silver.marketing_costs
),
met as (
    select
        session_date,
        lower(trim(campaign_name)) as campaign_name,
        lower(trim(campaign_source)) as campaign_source,
        channel,
        count(*) as touch_count
    from gold.fct_touches
    where campaign_name is not null
    group by session_date, lower(trim(campaign_name)), lower(trim(campaign_source)), channel
),
candidates as (
    select
        c.cost_date,
        c.campaign_source,
        c.campaign_name,
        c.currency,
        m.channel,
        sum(m.touch_count) as touch_count
    from costs as c
    join met as m
        on m.session_date = c.cost_date
        and m.campaign_name = lower(c.campaign_name)
        and (c.campaign_source = '' or m.campaign_source = lower(c.campaign_source))
    where c.channel = ''
    group by c.cost_date, c.campaign_source, c.campaign_name, c.currency, m.channel
),
ranked as (
    select
        *,
        row_number() over (
            partition by cost_date, campaign_source, campaign_name, currency order by touch_count desc, channel
        ) as place
    from candidates
)
select
    c.cost_date,
    c.channel as told_channel,
    c.campaign_source,
    c.campaign_name,
    coalesce(nullif(c.channel, ''), v.channel, 'unknown') as channel,
    case
        when c.channel <> '' then 'told'
        when v.channel is not null then 'visits'
        else 'unknown'
    end as channel_from,
    c.currency,
    c.cost_amount,
    c.reporting_currency,
    -- At the rate of the day, or the last one before it.
    case
        when c.currency = c.reporting_currency then c.cost_amount
        else cast(cast(c.cost_amount as decimal(19, 6)) * r.rate as decimal(18, 6))
    end as reporting_cost_amount,
    c.click_count,
    c.impression_count,
    coalesce(
        c.currency <> c.reporting_currency and c.cost_date > date_add(r.valid_from, setting('exchange_rate_days')), false
    ) as is_rate_old
from costs as c
left join ranked as v
    on v.place = 1
    and c.channel = ''
    and v.cost_date = c.cost_date
    and v.campaign_source = c.campaign_source
    and v.campaign_name = c.campaign_name
    and v.currency = c.currency
left join gold.dim_exchange_rate as r
    on r.currency = c.currency and r.reporting_currency = c.reporting_currency
    and c.cost_date >= r.valid_from and (r.valid_to is null or c.cost_date < r.valid_to)
