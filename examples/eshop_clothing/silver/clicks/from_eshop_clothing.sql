-- One row per click on a product. The data tells the day and the order of the clicks of a visit, not the time: the first
-- click is put at one second past midnight and each further one a second later.
with clicks as (
    select
        *,
        concat(year, '-', lpad(month, 2, '0'), '-', lpad(day, 2, '0')) as day_text,
        try_cast(click_number as bigint) as seconds,
        concat('eshop-', shop_session) as visitor_id
    from bronze.eshop_clothing
    where year <> 'year'
),
placed as (
    select
        *,
        timestamp_seconds(unix_seconds(try_cast(day_text as timestamp)) + seconds) as event_at
    from clicks
),
-- The numbers of the file in words.
named as (
    select
        *,
        case category_number
            when '1' then 'trousers' when '2' then 'skirts' when '3' then 'blouses' when '4' then 'sale'
        end as category_name,
        case colour
            when '1' then 'beige' when '2' then 'black' when '3' then 'blue' when '4' then 'brown'
            when '5' then 'burgundy' when '6' then 'gray' when '7' then 'green' when '8' then 'navy blue'
            when '9' then 'many colours' when '10' then 'olive' when '11' then 'pink' when '12' then 'red'
            when '13' then 'violet' when '14' then 'white'
        end as colour_name,
        -- From the internet address of the visitor; null for generic domains and the unknown (12, 43 to 47).
        case country_code
            when '1' then 'AU' when '2' then 'AT' when '3' then 'BE' when '4' then 'VG' when '5' then 'KY'
            when '6' then 'CX' when '7' then 'HR' when '8' then 'CY' when '9' then 'CZ' when '10' then 'DK'
            when '11' then 'EE' when '13' then 'FO' when '14' then 'FI' when '15' then 'FR' when '16' then 'DE'
            when '17' then 'GR' when '18' then 'HU' when '19' then 'IS' when '20' then 'IN' when '21' then 'IE'
            when '22' then 'IT' when '23' then 'LV' when '24' then 'LT' when '25' then 'LU' when '26' then 'MX'
            when '27' then 'NL' when '28' then 'NO' when '29' then 'PL' when '30' then 'PT' when '31' then 'RO'
            when '32' then 'RU' when '33' then 'SM' when '34' then 'SK' when '35' then 'SI' when '36' then 'ES'
            when '37' then 'SE' when '38' then 'CH' when '39' then 'UA' when '40' then 'AE' when '41' then 'GB'
            when '42' then 'US'
        end as country,
        case location
            when '1' then 'top left' when '2' then 'top middle' when '3' then 'top right'
            when '4' then 'bottom left' when '5' then 'bottom middle' when '6' then 'bottom right'
        end as location_name,
        case photo_view when '1' then 'front' when '2' then 'profile' end as view_name,
        case is_above_average when '1' then 'true' when '2' then 'false' end as above_average
    from placed
)
select
    concat(visitor_id, '-', click_number) as event_id,
    cast(event_at as date) as event_date,
    event_at,
    'track' as event_type,
    'Product Viewed' as event_name,
    visitor_id,
    visitor_id as anonymous_id,
    cast(null as string) as user_id,
    cast(null as string) as previous_id,
    event_at as original_timestamp,
    event_at as sent_at,
    event_at as received_at,
    cast(null as string) as context_page_url,
    cast(null as string) as context_page_path,
    cast(null as string) as context_page_referrer,
    cast(null as string) as context_page_title,
    cast(null as string) as context_page_search,
    cast(null as string) as context_campaign_source,
    cast(null as string) as context_campaign_medium,
    cast(null as string) as context_campaign_name,
    cast(null as string) as context_campaign_term,
    cast(null as string) as context_campaign_content,
    cast(null as string) as context_user_agent,
    cast(null as string) as context_locale,
    cast(null as string) as context_ip,
    cast(null as string) as context_device_type,
    cast(null as string) as context_library_name,
    cast(null as string) as context_library_version,
    model as product_id,
    cast(null as int) as quantity,
    price,
    cast(null as string) as order_id,
    cast(null as decimal(18, 4)) as revenue_amount,
    cast(null as decimal(18, 4)) as refund_amount,
    'USD' as currency,
    concat(
        '{"category":', coalesce(concat('"', category_name, '"'), 'null'),
        ',"colour":', coalesce(concat('"', colour_name, '"'), 'null'),
        ',"country":', coalesce(concat('"', country, '"'), 'null'),
        ',"country_code":', coalesce(cast(try_cast(country_code as int) as string), 'null'),
        ',"location":', coalesce(concat('"', location_name, '"'), 'null'),
        ',"photo_view":', coalesce(concat('"', view_name, '"'), 'null'),
        ',"is_above_average_price":', coalesce(above_average, 'null'),
        ',"catalogue_page":', coalesce(cast(try_cast(catalogue_page as int) as string), 'null'),
        '}'
    ) as properties
from named
