-- One row per store, category and day of the next two weeks. The same weights are applied to the two weeks
-- before (backtest), from the eight weeks before them.
with newest as (
    select max(sold_date) as as_of_date, min(sold_date) as first_date from gold.agg_sales_daily
),
daily as (
    select d.store_id, d.category, d.sold_date, cast(sum(d.unit_count) as double) as unit_count
    from gold.agg_sales_daily as d
    cross join newest as n
    where d.sold_date > date_sub(n.as_of_date, 70)
    group by d.store_id, d.category, d.sold_date
),
series as (
    select distinct store_id, category from daily
),
-- Every origin forecasts the 14 days after it: the newest day, and the day two weeks before it.
origins as (
    select as_of_date, first_date, as_of_date as origin_date, true as is_forecast from newest
    union all
    select as_of_date, first_date, date_sub(as_of_date, 14) as origin_date, false as is_forecast from newest
),
targets as (
    select *, explode(sequence(date_add(origin_date, 1), date_add(origin_date, 14), interval 1 day)) as target_date
    from origins
),
-- Days of the same weekday in the eight weeks up to the origin; a day nothing was sold counts as 0.
lessons as (
    select
        *,
        date_sub(target_date, 7 * (week_number + case when target_date > date_add(origin_date, 7) then 1 else 0 end))
            as lesson_date
    from (select *, explode(sequence(1, 8)) as week_number from targets) as weeks
),
weighted as (
    select
        s.store_id,
        s.category,
        l.is_forecast,
        l.as_of_date,
        l.target_date,
        l.week_number,
        -- A decimal: its sums are exact, in whatever order the rows come.
        cast(round(power(cast(0.8 as double), cast(l.week_number - 1 as double)), 12) as decimal(13, 12)) as weight,
        coalesce(d.unit_count, cast(0 as double)) as unit_count
    from lessons as l
    cross join series as s
    left join daily as d on d.store_id = s.store_id and d.category = s.category and d.sold_date = l.lesson_date
    where l.lesson_date >= l.first_date
),
expected as (
    select
        store_id,
        category,
        is_forecast,
        as_of_date,
        target_date,
        round(
            cast(sum(weight * cast(unit_count as decimal(20, 4))) as double) / cast(sum(weight) as double), 6
        ) as expected_unit_count,
        sum(case when week_number = 1 then unit_count else cast(0 as double) end) as naive_unit_count
    from weighted
    group by store_id, category, is_forecast, as_of_date, target_date
),
errors as (
    select
        e.store_id,
        e.category,
        round(try_divide(
            cast(sum(cast(abs(e.expected_unit_count - coalesce(d.unit_count, cast(0 as double))) as decimal(18, 6)))
                as double),
            sum(coalesce(d.unit_count, cast(0 as double)))
        ), 6) as backtest_wape,
        round(try_divide(
            sum(abs(e.naive_unit_count - coalesce(d.unit_count, cast(0 as double)))),
            sum(coalesce(d.unit_count, cast(0 as double)))
        ), 6) as seasonal_naive_wape
    from expected as e
    left join daily as d on d.store_id = e.store_id and d.category = e.category and d.sold_date = e.target_date
    where not e.is_forecast
    group by e.store_id, e.category
)
select
    e.store_id,
    e.category,
    e.target_date as forecast_date,
    e.as_of_date,
    e.expected_unit_count as forecast_unit_count,
    e.naive_unit_count as seasonal_naive_unit_count,
    r.backtest_wape,
    r.seasonal_naive_wape,
    r.backtest_wape <= r.seasonal_naive_wape as is_better_than_naive
from expected as e
left join errors as r on r.store_id = e.store_id and r.category = e.category
where e.is_forecast
