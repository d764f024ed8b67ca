-- One row per household that answered; a band nobody gave is null.
select
    household_id,
    age as age_band,
    income as income_band,
    home_ownership,
    marital_status,
    household_size,
    household_comp as composition,
    kids_count
from bronze.journey_households
