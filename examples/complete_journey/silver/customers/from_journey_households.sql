-- One row per household whose demographics are known; who they are is not in the data.
select
    household_id as customer_id,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    cast(null as string) as email,
    cast(null as string) as phone,
    cast(null as string) as city,
    cast(null as string) as region,
    'US' as country,
    cast(null as date) as birth_date,
    cast(null as string) as loyalty_tier,
    timestamp '2017-01-01 00:00:00' as valid_from
from bronze.journey_households
