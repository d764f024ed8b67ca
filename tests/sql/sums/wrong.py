"""Queries that add up what does not add up, with what is told of each."""

from __future__ import annotations

SEVERAL = "adds amounts of several currencies"
WRONG = {
    "the row before": (
        "select amount - lag(amount) over (order by line_id) as d from gold.lines", "that may be of two currencies"),
    "the row before, or nothing": (
        "select amount - coalesce(lag(amount) over (order by line_id), 0) as d from gold.lines",
        "that may be of two currencies"),
    "twice the greatest, where there is one": (
        "select case when max(amount) > 0 then max(amount) * 2 - min(amount) end as d from gold.lines",
        "that may be of two currencies"),
    "the row after, in a step": (
        "with s as (select *, lead(amount) over (order by line_id) as n from gold.lines) select n - amount as d from s",
        "that may be of two currencies"),
    "the first of a window": (
        "select amount - first_value(amount) over (partition by store_id order by line_id) as d from gold.lines",
        "that may be of two currencies"),
    "a range": ("select max(amount) - min(amount) as d from gold.lines", "that may be of two currencies"),
    "the greatest of all": (
        "select amount - (select max(amount) from gold.lines) as d from gold.lines", "that may be of two currencies"),
    "a spread": (
        "select stddev(cast(amount as double)) as d from gold.lines", "compares amounts of several currencies"),
    "a median": ("select percentile(amount, 0.5) as d from gold.lines", "ranks amounts of several currencies"),
    "an array": (
        "select store_id, cast(aggregate(sort_array(collect_list(amount)), cast(0 as decimal(38, 4)),"
        " (t, x) -> cast(t + x as decimal(38, 4))) as bigint) as a from gold.lines group by store_id", SEVERAL),
    "the other amount where one is null": (
        "select coalesce(reporting_currency, currency) as c, sum(coalesce(reporting_amount, amount)) as a"
        " from gold.lines group by coalesce(reporting_currency, currency)", SEVERAL),
    "the greatest of each group": (
        "with s as (select store_id, sold_date, max(amount) as v from gold.lines group by store_id, sold_date)"
        " select store_id, sum(v) as a from s group by store_id", f"{SEVERAL}: v is in gold.lines.currency"),
    "the latest of each group": (
        "with s as (select store_id, sold_date, max_by(amount, line_id) as v from gold.lines"
        " group by store_id, sold_date) select store_id, avg(v) as a from s group by store_id",
        "averages amounts of several currencies"),
    "the last so far": (
        "with s as (select store_id, last_value(amount) over (partition by store_id order by line_id) as v"
        " from gold.lines) select store_id, sum(v) as a from s group by store_id", SEVERAL),
    "groups of one currency each": (
        "with s as (select store_id, sold_date, sum(amount) as v, count(distinct currency) as n from gold.lines"
        " group by store_id, sold_date) select store_id, sum(case when n = 1 then v end) as a from s group by store_id",
        SEVERAL),
    "the greatest of groups of one currency each": (
        "with s as (select store_id, sold_date, max(amount) as v, min(currency) = max(currency) as same from gold.lines"
        " group by store_id, sold_date) select store_id, sum(case when same then v end) as a from s group by store_id",
        SEVERAL),
    "not grouped": ("select sum(amount) as a from gold.lines", f"{SEVERAL}: amount is in gold.lines.currency"),
    "grouped by something else": ("select store_id, sum(amount) as a from gold.lines group by store_id", SEVERAL),
    "filtered by several": ("select sum(amount) as a from gold.lines where currency in ('EUR', 'SEK')", SEVERAL),
    "filtered by one or anything": (
        "select sum(amount) as a from gold.lines where currency = 'EUR' or quantity > 0", SEVERAL),
    "filtered by not one": ("select sum(amount) as a from gold.lines where not currency = 'EUR'", SEVERAL),
    "an average": ("select avg(amount) as a from gold.lines", "averages amounts of several currencies"),
    "arithmetic": ("select sum(-(amount - tax_amount) * 2) as a from gold.lines", SEVERAL),
    "a case of it": (
        "select sum(case when is_return then -amount else 0 end) as a from gold.lines", f"{SEVERAL}: amount is in"),
    "a coalesce and a cast": ("select sum(cast(coalesce(amount, 0) as double)) as a from gold.lines", SEVERAL),
    "a quantity is no rate": ("select sum(quantity * price) as a from gold.lines cross join gold.prices", SEVERAL),
    "a quantity of the same line": ("select sum(quantity * amount) as a from gold.lines", SEVERAL),
    "the other currency": (
        "select currency, sum(reporting_amount) as a"
        " from gold.lines group by currency", "gold.lines.reporting_currency"),
    "having": ("select store_id, count(*) as n from gold.lines group by store_id having sum(amount) > 0", SEVERAL),
    "order by": ("select store_id, count(*) as n from gold.lines group by store_id order by sum(amount)", SEVERAL),
    "a window": ("select sum(amount) over (partition by store_id) as a from gold.lines", SEVERAL),
    "a window over all": ("select amount / sum(amount) over () as a from gold.lines", SEVERAL),
    "a filter of the sum by something else": (
        "select sum(amount) filter (where not is_return) as a from gold.lines", SEVERAL),
    "steps": (
        "with a as (select store_id as s, currency as c, amount - tax_amount as net from gold.lines),"
        " b as (select s, c, sum(net) as net from a group by s, c)"
        " select s, sum(coalesce(net, 0)) as net from b group by s", SEVERAL),
    "the currency was left behind": (
        "with a as (select store_id, amount from gold.lines)"
        " select store_id, sum(amount) as a from a group by store_id",
        "keep gold.lines.currency in the steps before"),
    "a subquery": ("select sum(x.a) as a from (select amount as a from gold.lines) as x", SEVERAL),
    "a star": ("with l as (select * from gold.lines) select sum(amount) as a from l", SEVERAL),
    "a star of a table": (
        "with l as (select x.* from gold.lines as x cross join gold.rates) select sum(amount) as a from l", SEVERAL),
    "a query in a condition": (
        "select order_id from gold.orders where revenue > (select avg(revenue) from gold.orders)", "averages amounts"),
    "a query in exists": (
        "select day from gold.rates as r where exists"
        " (select 1 from gold.orders as o where o.day = r.day having sum(o.revenue) > 0)", SEVERAL),
    "a union": (
        "with u as (select currency as c, amount as a from gold.lines"
        " union all select currency, revenue from gold.orders)"
        " select sum(a) as a from u", SEVERAL),
    "a union whose parts say it in different columns": (
        "with u as (select currency as c, reporting_currency as r, amount as a from gold.lines"
        " union all select reporting_currency, currency, amount from gold.lines)"
        " select c, sum(a) as a from u group by c",
        SEVERAL),
    "a union of two constants": (
        "with u as (select amount as a from gold.lines where currency = 'EUR'"
        " union all select revenue from gold.orders where currency = 'USD') select sum(a) as a from u",
        "is in EUR and in USD"),
    "the currency of another table": (
        "select o.currency, sum(l.amount) as a from gold.lines as l join gold.orders as o on o.order_id = l.order_id"
        " group by o.currency", "add l.currency to the group by"),
    "the side that may be missing": (
        "select o.currency, sum(l.amount) as a from gold.lines as l"
        " left join gold.orders as o on o.currency = l.currency group by o.currency", SEVERAL),
    "one side of a full join": (
        "select l.currency, sum(o.revenue) as a from gold.lines as l"
        " full outer join gold.orders as o on o.currency = l.currency group by l.currency", SEVERAL),
    "the condition of an outer join is no filter": (
        "select sum(l.amount) as a from gold.lines as l left join gold.rates as r on l.currency = 'EUR'", SEVERAL),
    "a table twice": (
        "select a.currency, sum(b.amount) as a from gold.lines as a join gold.lines as b on b.order_id = a.order_id"
        " group by a.currency", SEVERAL),
    "a step twice": (
        "with l as (select * from gold.lines) select a.currency, sum(b.amount) as a from l as a"
        " join l as b on b.order_id = a.order_id group by a.currency", SEVERAL),
    "amounts of two tables": (
        "select l.amount + o.revenue as a from gold.lines as l join gold.orders as o on o.order_id = l.order_id",
        "adds amounts of two currencies: l.amount is in gold.lines.currency, o.revenue in gold.orders.currency"),
    "amounts of two currencies": (
        "select amount - reporting_amount as a from gold.lines", "subtracts amounts of two currencies"),
    "an amount and one of a code": ("select amount + list_amount as a from gold.lines", "in EUR"),
    "a query for each row": (
        "select o.order_id, (select sum(l.amount) from gold.lines as l where l.order_id = o.order_id) as a"
        " from gold.orders as o", SEVERAL),
    "rollup has rows of all": (
        "select currency, sum(amount) as a from gold.lines group by rollup (currency)", SEVERAL),
    "a grouping set without it": (
        "select currency, sum(amount) as a from gold.lines group by grouping sets ((currency), (store_id))", SEVERAL),
    "exploded": (
        "select item, sum(amount) as a from gold.lines lateral view explode(items) e as item group by item", SEVERAL),
    "the value of another row": (
        "select amount - lag(amount) over (partition by currency order by line_id) as d,"
        " sum(lag(amount) over (partition by currency order by line_id)) over (partition by store_id) as a"
        " from gold.lines", SEVERAL),
    "a currency that stands for all": (
        "select case when is_return then 'EUR' else currency end as c, sum(amount) as a from gold.lines"
        " group by case when is_return then 'EUR' else currency end", SEVERAL),
    "a setting that is said": (
        "with l as (select *, coalesce(nullif('USD', ''), currency) as c from gold.lines)"
        " select c, sum(amount) as a from l group by c", SEVERAL),
    "a setting that is said in small letters": (
        "select c, sum(amount) as a from (select amount, coalesce(nullif(upper('usd'), ''), currency) as c"
        " from gold.lines) as l group by c", SEVERAL),
    "a setting that is said, in a case": (
        "with l as (select *, case when 'USD' <> '' then 'USD' else currency end as c from gold.lines)"
        " select c, sum(amount) as a from l group by c", SEVERAL),
    "currencies that are counted, and nobody asks": (
        "select store_id, sum(amount) as a, count(distinct currency) as n from gold.lines group by store_id", SEVERAL),
    "one of two amounts, by the currency of one": (
        "select l.currency as c, sum(coalesce(o.revenue, l.amount)) as a from gold.lines as l"
        " left join gold.orders as o on o.order_id = l.order_id group by l.currency", SEVERAL),
    "a group of several currencies": (
        "select store_id, case when count(distinct store_id) = 1 then sum(amount) end as a from gold.lines"
        " group by store_id", SEVERAL),
    "part of the currency": (
        "select sum(amount) as a from gold.lines group by substring(currency, 1, 1)", SEVERAL),
}  # fmt: skip


APART = {
    "an average": ("select avg(share) as s from gold.daily", "averages share, which does not add up"),
    "over the category": (
        "select day, store, sum(orders) as n from gold.daily group by day, store",
        "adds up orders, which does not add up over gold.daily.category (add category to the group by",
    ),
    "through steps": (
        "with s as (select day, store, category as c, sum(orders) as n from gold.daily group by day, store, category)"
        " select day, sum(n) as n from s group by day",
        "does not add up over gold.daily.category (add c to",
    ),
    "in a union": (
        "with u as (select category, orders from gold.daily union all select 'x', 0) select sum(orders) as n from u",
        "does not add up over category",
    ),
    "a window": ("select sum(orders) over (partition by store) as n from gold.daily", "over gold.daily.category"),
    "a share": ("select store, sum(share * 100) as s from gold.daily group by store", "which does not add up ("),
    "a rate": ("select sum(exchange_rate) over (partition by reporting_currency) as r from gold.lines", "not add up ("),
}
