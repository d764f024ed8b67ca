-- One row per pair of currencies and day with a rate: a rate holds until the next one.
select
    currency,
    reporting_currency,
    rate_date as valid_from,
    lead(rate_date) over (partition by currency, reporting_currency order by rate_date) as valid_to,
    rate
from silver.exchange_rates
