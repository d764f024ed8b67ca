-- One row per product and day it was sold under a name. Stock adjustments (without a price) carry remarks, not names.
-- Lines that are no goods (postage, fees, discounts, vouchers) are told apart by the category.
with named as (
    select
        upper(trim(stock_code)) as product_id,
        nullif(regexp_replace(trim(description), '\\s+', ' '), '') as name,
        try_cast(unit_price as decimal(18, 6)) as unit_price,
        cast(try_cast(invoice_date as timestamp) as date) as sold_date
    from bronze.online_retail
)
select
    product_id,
    name,
    case
        when regexp_like(product_id, '^([0-9]{5}|DCGS)') then 'goods'
        when product_id like 'GIFT\\_%' then 'vouchers'
        when product_id in ('POST', 'DOT', 'C2') then 'delivery'
        else 'fees and adjustments'
    end as category,
    cast(null as string) as subcategory,
    cast(null as string) as brand,
    cast(null as decimal(18, 6)) as price,
    cast(null as string) as currency,
    cast(null as boolean) as is_active,
    cast(sold_date as timestamp) as valid_from
from named
where name is not null and unit_price <> 0
