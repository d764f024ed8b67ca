-- One row per customer and day with an invoice: the country is all that is known of a customer.
with invoiced as (
    select
        nullif(regexp_replace(trim(customer_id), '\\.0$', ''), '') as customer_id,
        trim(country) as country,
        cast(try_cast(invoice_date as timestamp) as date) as sold_date
    from bronze.online_retail
)
select
    customer_id,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    cast(null as string) as email,
    cast(null as string) as phone,
    cast(null as string) as city,
    cast(null as string) as region,
    -- Null where the name is no country: Channel Islands (two codes), European Community, Unspecified.
    case country
        when 'Australia' then 'AU'
        when 'Austria' then 'AT'
        when 'Bahrain' then 'BH'
        when 'Belgium' then 'BE'
        when 'Brazil' then 'BR'
        when 'Canada' then 'CA'
        when 'Cyprus' then 'CY'
        when 'Czech Republic' then 'CZ'
        when 'Denmark' then 'DK'
        when 'EIRE' then 'IE'
        when 'Finland' then 'FI'
        when 'France' then 'FR'
        when 'Germany' then 'DE'
        when 'Greece' then 'GR'
        when 'Hong Kong' then 'HK'
        when 'Iceland' then 'IS'
        when 'Israel' then 'IL'
        when 'Italy' then 'IT'
        when 'Japan' then 'JP'
        when 'Lebanon' then 'LB'
        when 'Lithuania' then 'LT'
        when 'Malta' then 'MT'
        when 'Netherlands' then 'NL'
        when 'Norway' then 'NO'
        when 'Poland' then 'PL'
        when 'Portugal' then 'PT'
        when 'RSA' then 'ZA'
        when 'Saudi Arabia' then 'SA'
        when 'Singapore' then 'SG'
        when 'Spain' then 'ES'
        when 'Sweden' then 'SE'
        when 'Switzerland' then 'CH'
        when 'USA' then 'US'
        when 'United Arab Emirates' then 'AE'
        when 'United Kingdom' then 'GB'
    end as country,
    cast(null as date) as birth_date,
    cast(null as string) as loyalty_tier,
    cast(sold_date as timestamp) as valid_from
from invoiced
where customer_id is not null
