-- One row per change of a customer.
select
    nullif(trim(customer_id), '') as customer_id,
    trim(first_name) as first_name,
    trim(last_name) as last_name,
    lower(trim(email)) as email,
    trim(phone) as phone,
    trim(city) as city,
    trim(region) as region,
    upper(trim(country)) as country,
    birth_date,
    lower(trim(loyalty_tier)) as loyalty_tier,
    updated_at as valid_from
from bronze.customers
