-- One row per sales line, with the dimension versions valid when it was sold and its amount in the reporting currency.
-- Its day is that of its store: the store's clock, less the hour at which its day begins; a UTC day where no zone is known.
with placed as (
    select
        s.*,
        t.store_key,
        cast(
            timestamp_micros(
                unix_micros(coalesce(from_utc_timestamp(s.sold_at, t.timezone), s.sold_at))
                - coalesce(t.day_start_hour, 0) * 3600000000
            ) as date
        ) as business_date
    from silver.sales as s
    left join gold.dim_store as t
        on t.store_id = s.store_id and s.sold_at >= t.valid_from and (t.valid_to is null or s.sold_at < t.valid_to)
),
sales as (
    select
        *,
        coalesce(line_type, case when quantity < 0 then 'return' else 'sale' end) as kind,
        -- A part of a piece is a weight or a length whose unit was not said.
        coalesce(unit, case when quantity = cast(quantity as bigint) then 'piece' end) as known_unit,
        cast(quantity * cast(unit_price as decimal(19, 6)) as decimal(28, 10)) as gross_amount,
        coalesce(nullif(upper(trim(setting('reporting_currency'))), ''), currency) as reporting_currency
    from placed
),
priced as (
    select *, cast(gross_amount - discount_amount as decimal(28, 10)) as net_amount from sales
),
-- The rate of the business day, or the last one before it.
converted as (
    select
        s.*,
        case
            when s.currency = s.reporting_currency then cast(1 as decimal(18, 10)) else r.rate
        end as exchange_rate,
        case
            when s.currency = s.reporting_currency then s.net_amount
            else cast(cast(s.net_amount as decimal(19, 6)) * r.rate as decimal(28, 10))
        end as reporting_net_amount,
        coalesce(
            s.currency <> s.reporting_currency and s.business_date > date_add(r.valid_from, setting('exchange_rate_days')), false
        ) as is_rate_old
    from priced as s
    left join gold.dim_exchange_rate as r
        on r.currency = s.currency and r.reporting_currency = s.reporting_currency
        and s.business_date >= r.valid_from and (r.valid_to is null or s.business_date < r.valid_to)
)
select
    s.transaction_id,
    s.line_number,
    s.business_date as sold_date,
    s.sold_at,
    coalesce(p.product_key, 'unknown') as product_key,
    coalesce(c.customer_key, 'unknown') as customer_key,
    coalesce(s.store_key, 'unknown') as store_key,
    s.product_id,
    s.customer_id,
    s.store_id,
    coalesce(p.category, 'unknown') as category,
    s.channel,
    s.payment_type,
    s.kind as line_type,
    s.kind = 'return' as is_return,
    s.quantity,
    s.known_unit as unit,
    s.currency,
    s.unit_price,
    s.gross_amount,
    s.discount_amount,
    s.net_amount,
    s.tax_amount,
    s.price_includes_tax,
    cast(
        case when s.price_includes_tax then s.net_amount - s.tax_amount when not s.price_includes_tax then s.net_amount end
        as decimal(28, 10)
    ) as net_of_tax_amount,
    s.reporting_currency,
    s.exchange_rate,
    s.reporting_net_amount,
    s.is_rate_old
from converted as s
left join gold.dim_product as p
    on p.product_id = s.product_id and s.sold_at >= p.valid_from and (p.valid_to is null or s.sold_at < p.valid_to)
left join gold.dim_customer as c
    on c.customer_id = s.customer_id and s.sold_at >= c.valid_from and (c.valid_to is null or s.sold_at < c.valid_to)
