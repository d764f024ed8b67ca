-- One row per line of the feed of exchange rates.
select
    rate_date,
    upper(trim(currency)) as currency,
    upper(trim(reporting_currency)) as reporting_currency,
    rate
from bronze.exchange_rates
