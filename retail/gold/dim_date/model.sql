-- One row per day, with its place in three calendars: the common one, ISO weeks, and the 4-5-4 calendar of retailers.
-- A 4-5-4 year begins on the first day of the week nearest to the first of a month (settings): quarters of 13 weeks,
-- months of 4, 5 and 4; the days that 52 weeks leave over make a 53rd week every five or six years.
with days as (
    select explode(sequence(date '2000-01-01', date '2049-12-31', interval 1 day)) as calendar_date
),
years as (
    select explode(sequence(1998, 2051)) as retail_year
),
earliest as (
    select retail_year, date_sub(make_date(retail_year, setting('retail_year_start_month'), 1), 3) as earliest_date
    from years
),
begun as (
    select
        retail_year,
        date_add(
            earliest_date, (setting('retail_week_start_day') - dayofweek(earliest_date) + 7) % 7
        ) as retail_year_start_date
    from earliest
),
retail_years as (
    select
        *,
        lag(retail_year_start_date) over (order by retail_year) as previous_start_date,
        lead(retail_year_start_date) over (order by retail_year) as next_start_date
    from begun
),
placed as (
    select
        d.calendar_date,
        r.*,
        datediff(d.calendar_date, r.retail_year_start_date) as day_number,
        datediff(d.calendar_date, r.retail_year_start_date) div 7 + 1 as retail_week
    from days as d
    join retail_years as r
        on d.calendar_date >= r.retail_year_start_date and d.calendar_date < r.next_start_date
),
quartered as (
    select
        *,
        least((retail_week - 1) div 13 + 1, 4) as retail_quarter,
        retail_week - 13 * (least((retail_week - 1) div 13 + 1, 4) - 1) as week_of_quarter
    from placed
),
holidays as (
    select cast(holiday_date as date) as holiday_date, holiday_name
    from reference.holidays
    where country = setting('holiday_country')
),
named as (
    select
        *,
        3 * (retail_quarter - 1)
            + case when week_of_quarter <= 4 then 1 when week_of_quarter <= 9 then 2 else 3 end as retail_month,
        week_of_quarter
            - case when week_of_quarter <= 4 then 0 when week_of_quarter <= 9 then 4 else 9 end as retail_week_of_month
    from quartered
)
select
    calendar_date,
    year(calendar_date) as year,
    quarter(calendar_date) as quarter,
    month(calendar_date) as month,
    cast(trunc(calendar_date, 'MM') as date) as month_start_date,
    weekofyear(calendar_date) as week_of_year,
    year(date_add(trunc(calendar_date, 'WEEK'), 3)) as iso_year,
    trunc(calendar_date, 'WEEK') as iso_week_start_date,
    day(calendar_date) as day_of_month,
    dayofweek(calendar_date) as day_of_week,
    dayofweek(calendar_date) in (1, 7) as is_weekend,
    retail_year,
    retail_quarter,
    retail_month,
    retail_week,
    retail_week_of_month,
    date_sub(calendar_date, day_number % 7) as retail_week_start_date,
    date_sub(calendar_date, day_number % 7 + 7 * (cast(retail_week_of_month as int) - 1)) as retail_month_start_date,
    retail_year_start_date,
    add_months(calendar_date, -12) as previous_year_date,
    date_sub(calendar_date, 364) as previous_year_weekday_date,
    case
        when retail_week <= datediff(retail_year_start_date, previous_start_date) div 7
            then date_add(previous_start_date, day_number)
    end as previous_retail_year_date,
    h.holiday_name is not null as is_holiday,
    h.holiday_name
from named as n
left join holidays as h on h.holiday_date = n.calendar_date
