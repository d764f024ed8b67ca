-- One row per day.
with days as (
    select explode(sequence(date '2000-01-01', date '2049-12-31', interval 1 day)) as calendar_date
)
select
    calendar_date,
    year(calendar_date) as year,
    quarter(calendar_date) as quarter,
    month(calendar_date) as month,
    cast(trunc(calendar_date, 'MM') as date) as month_start_date,
    weekofyear(calendar_date) as week_of_year,
    day(calendar_date) as day_of_month,
    dayofweek(calendar_date) as day_of_week,
    dayofweek(calendar_date) in (1, 7) as is_weekend
from days
