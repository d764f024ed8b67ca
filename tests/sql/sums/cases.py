"""Queries that add up what adds up, and queries that do not, over a few tables of a shop."""

from __future__ import annotations

from marketpulse.sql.sums import Measure, Promise

LINES = Promise(
    ("line_id", "order_id", "store_id", "sold_date", "amount", "tax_amount", "quantity", "is_return", "currency",
     "reporting_amount", "reporting_currency", "exchange_rate", "list_amount", "items"),
    ("line_id",),
    {
        "amount": Measure("currency"),
        "tax_amount": Measure("currency"),
        "reporting_amount": Measure("reporting_currency"),
        "exchange_rate": Measure("reporting_currency", additive=False),
        "list_amount": Measure("EUR"),
    },
)  # fmt: skip
ORDERS = Promise(("order_id", "revenue", "currency", "day"), ("order_id",), {"revenue": Measure("currency")})
RATES = Promise(("day", "currency", "rate"), ("day", "currency"), {})
PRICES = Promise(("product", "price", "currency"), ("product",), {"price": Measure("currency", additive=False)})
DAILY = Promise(
    ("day", "store", "category", "orders", "amount", "share"),
    ("day", "store", "category"),
    {
        "orders": Measure(additive=False, not_over=("category",)),
        "amount": Measure("USD", additive=True),
        "share": Measure(additive=False),
    },
)
TABLES = {
    "gold.lines": LINES,
    "gold.orders": ORDERS,
    "gold.rates": RATES,
    "gold.prices": PRICES,
    "gold.daily": DAILY,
}


RIGHT = {
    "the row before of one currency": (
        "select currency, amount - lag(amount) over (partition by currency order by line_id) as d from gold.lines"
    ),
    "the row before, where its currency is the same": (
        "select currency, case when currency = lag(currency) over (order by line_id)"
        " then amount - lag(amount) over (order by line_id) end as d from gold.lines"
    ),
    "a range in each currency": "select currency, max(amount) - min(amount) as d from gold.lines group by currency",
    "the greatest of the same currency": (
        "select amount - (select max(b.amount) from gold.lines as b where b.currency = 'EUR') as d"
        " from gold.lines where currency = 'EUR'"
    ),
    "two numbers of one row": ("select max_by(amount, line_id) - max_by(tax_amount, line_id) as d from gold.lines"),
    "the spread in each currency": (
        "select currency, stddev(cast(amount as double)) as d, percentile(amount, 0.5) as m"
        " from gold.lines group by currency"
    ),
    "an array of one currency": (
        "select currency, cast(aggregate(sort_array(collect_list(amount)), cast(0 as decimal(38, 4)),"
        " (t, x) -> cast(t + x as decimal(38, 4))) as bigint) as a from gold.lines group by currency"
    ),
    "grouped": "select currency, sum(amount) as a from gold.lines group by currency",
    "grouped by more": "select store_id, currency, sum(amount) as a from gold.lines group by store_id, currency",
    "grouped by an alias": "select upper(currency) as c, sum(amount) as a from gold.lines group by c",
    "grouped by the key": "select order_id, sum(revenue) as r from gold.orders group by order_id",
    "grouped by what it is made into": (
        "select sum(amount) as a from gold.lines group by concat(store_id, '|', currency)"
    ),
    "filtered": "select sum(amount) as a from gold.lines where currency = 'EUR' and quantity > 0",
    "filtered the other way round": "select avg(amount) as a from gold.lines where 'EUR' = currency",
    "filtered by a list of one": "select sum(amount) as a from gold.lines where currency in ('EUR')",
    "filtered by a query": (
        "select sum(amount) as a from gold.lines where currency = (select min(currency) from gold.rates)"
    ),
    "filtered in a step": (
        "with e as (select * from gold.lines where currency = 'EUR')"
        " select store_id, sum(amount) as a from e group by store_id"
    ),
    "a filter of the sum": "select sum(amount) filter (where currency = 'EUR') as a from gold.lines",
    "a case for one": "select sum(case when currency = 'EUR' then amount else 0 end) as a from gold.lines",
    "a short case for one": "select sum(case currency when 'EUR' then amount end) as a from gold.lines",
    "an if for one": "select sum(if(currency = 'EUR', amount, 0)) as a from gold.lines",
    "a currency of its own": "select sum(list_amount) as a from gold.lines",
    "another currency": (
        "select reporting_currency, sum(reporting_amount) as a from gold.lines group by reporting_currency"
    ),
    "converted by a rate that says so": "select sum(amount * exchange_rate) as a from gold.lines",
    "converted by a rate joined by the currency": (
        "select sum(l.amount * r.rate) as a from gold.lines as l"
        " join gold.rates as r on r.currency = l.currency and r.day = l.sold_date"
    ),
    "converted by a rate that may be missing": (
        "select sum(l.amount * coalesce(r.rate, 1)) as a from gold.rates as r"
        " right join gold.lines as l on r.currency = l.currency and r.day = l.sold_date"
    ),
    "divided by a rate": (
        "with c as (select l.amount / r.rate as amount from gold.lines as l left join gold.rates as r"
        " on r.currency = l.currency) select sum(amount) as a from c"
    ),
    "converted with rates of a step": (
        "with r as (select 'EUR' as currency, 1.0 as rate union all select 'SEK' as currency, 0.09 as rate)"
        " select sum(l.amount * r.rate) as a from gold.lines as l join r on r.currency = l.currency"
    ),
    "converted in a case": (
        "select sum(case when currency = 'SEK' then amount * 0.09 else amount end) as a from gold.lines"
    ),
    "converted by a case": (
        "select sum(amount * case currency when 'SEK' then 0.09 when 'EUR' then 1 end) as a from gold.lines"
    ),
    "converted where it must be": (
        "select reporting_currency, sum(case when currency = reporting_currency"
        " then amount else amount * exchange_rate end)"
        " as a from gold.lines group by reporting_currency"
    ),
    "a share": "select sum(amount / reporting_amount) as a from gold.lines",
    "a count": "select count(amount) as a, count(distinct amount) as b, max(amount) as c from gold.lines",
    "a window": "select sum(amount) over (partition by currency order by line_id) as a from gold.lines",
    "a window over sums": (
        "select store_id, currency, sum(sum(amount)) over (partition by currency order by store_id) as a"
        " from gold.lines group by store_id, currency"
    ),
    "steps": (
        "with a as (select store_id as s, currency as c, amount - tax_amount as net from gold.lines),"
        " b as (select s, c, sum(net) as net from a group by s, c)"
        " select c, sum(coalesce(net, 0)) as net from b group by c"
    ),
    "a subquery": (
        "select x.c, sum(x.a) as a from (select currency as c, amount as a from gold.lines) as x group by x.c"
    ),
    "a renamed subquery": (
        "select x.c, sum(x.a) as a from (select currency, amount from gold.lines) as x(c, a) group by x.c"
    ),
    "a star": "with l as (select *, amount as b from gold.lines) select currency, sum(b) as a from l group by currency",
    "a star of a table": (
        "with l as (select x.*, o.day from gold.lines as x join gold.orders as o on o.order_id = x.order_id)"
        " select currency, sum(amount) as a from l group by currency"
    ),
    "a union": (
        "with u as (select currency as c, amount as a from gold.lines"
        " union all select currency, revenue from gold.orders)"
        " select c, sum(a) as a from u group by c"
    ),
    "a union of two amounts": (
        "with u as (select currency as c, amount as a, 0 as b from gold.lines"
        " union all select currency, 0, revenue from gold.orders) select c, sum(a) - sum(b) as d from u group by c"
    ),
    "a union of constants": (
        "with u as (select 'EUR' as c, amount as a from gold.lines where currency = 'EUR'"
        " union all select 'USD' as c, revenue from gold.orders where currency = 'USD')"
        " select c, sum(a) as a from u group by c"
    ),
    "a join on the currency": (
        "select l.currency, sum(l.amount + o.revenue) as a from gold.lines as l"
        " join gold.orders as o on o.order_id = l.order_id and o.currency = l.currency group by l.currency"
    ),
    "a join by using": (
        "select currency, sum(l.amount) - sum(o.revenue) as a from gold.lines as l"
        " join gold.orders as o using (order_id, currency) group by currency"
    ),
    "a left join": (
        "with j as (select l.currency, l.amount, o.revenue from gold.lines as l"
        " left join gold.orders as o on o.order_id = l.order_id and o.currency = l.currency)"
        " select currency, sum(amount - coalesce(revenue, 0)) as a from j group by currency"
    ),
    "a full join": (
        "with j as (select coalesce(l.currency, o.currency) as currency,"
        " coalesce(l.amount, 0) - coalesce(o.revenue, 0) as difference from gold.lines as l"
        " full outer join gold.orders as o on o.order_id = l.order_id and o.currency = l.currency)"
        " select currency, sum(difference) as a from j group by currency"
    ),
    "a full join by using": (
        "select currency, sum(l.amount) as a, sum(o.revenue) as r from gold.lines as l"
        " full outer join gold.orders as o using (order_id, currency) group by currency"
    ),
    "an equality of two in where": (
        "select l.currency, sum(o.revenue) as a from gold.lines as l, gold.orders as o"
        " where l.order_id = o.order_id and l.currency = o.currency group by l.currency"
    ),
    "an equality in a case": (
        "select case when l.currency = o.currency then l.amount - o.revenue end as d"
        " from gold.lines as l join gold.orders as o on o.order_id = l.order_id"
    ),
    "a share of each order": (
        "with s as (select o.order_id, o.revenue, cast(l.quantity as double) / 3 as share from gold.orders as o"
        " join gold.lines as l on l.order_id = o.order_id)"
        " select sum(cast(revenue as double) * share) over (partition by order_id) as a from s"
    ),
    "a query for each row": (
        "select o.order_id, (select sum(l.amount) from gold.lines as l"
        " where l.order_id = o.order_id and l.currency = o.currency) as a from gold.orders as o"
    ),
    "a lateral query": (
        "select l.currency, sum(h.half) as a from gold.lines as l, lateral (select l.amount * 0.5 as half) as h"
        " group by l.currency"
    ),
    "a setting that is not said": (
        "with l as (select *, coalesce(nullif(upper(trim(' ')), ''), currency) as c from gold.lines)"
        " select c, sum(amount) as a from l group by c"
    ),
    "a setting that is not said, in a case": (
        "with l as (select *, case when '' = '' then currency else '' end as c from gold.lines)"
        " select c, sum(amount) as a from l group by c"
    ),
    "no currency is one too": (
        "select coalesce(currency, 'EUR') as c, sum(amount) as a from gold.lines group by coalesce(currency, 'EUR')"
    ),
    "one of two amounts": (
        "select store_id, coalesce(o.currency, l.currency) as c, sum(coalesce(o.revenue, l.amount)) as a"
        " from gold.lines as l left join gold.orders as o on o.order_id = l.order_id"
        " group by store_id, coalesce(o.currency, l.currency)"
    ),
    "one of two amounts of a step": (
        "with c as (select l.store_id, case when is_return then o.revenue else l.amount end as amount,"
        " case when is_return then o.currency else l.currency end as c"
        " from gold.lines as l left join gold.orders as o on o.order_id = l.order_id)"
        " select c, sum(amount) as a from c group by c"
    ),
    "each row of another table once": (
        "select l.order_id, sum(o.revenue) as a from gold.lines as l"
        " left join gold.orders as o on o.order_id = l.order_id group by l.order_id"
    ),
    "a step that says whether a group is of one currency": (
        "with s as (select store_id, sum(amount) as amount, min(currency) as c, min(currency) = max(currency) as is_one"
        " from gold.lines group by store_id)"
        " select store_id, case when is_one then c end as c, case when is_one then amount end as a from s"
    ),
    "a step that counts the currencies of a group": (
        "with s as (select store_id, sum(amount) as amount, count(distinct coalesce(currency, '')) as currencies"
        " from gold.lines group by store_id) select store_id, amount as a from s where currencies = 1"
    ),
    "a group of one currency": (
        "select store_id, case when count(distinct currency) = 1 then sum(amount) end as a from gold.lines"
        " group by store_id"
    ),
    "a group of one currency, the other way": (
        "select store_id, case when min(currency) = max(currency) and count(*) > 0 then sum(amount) end as a"
        " from gold.lines group by store_id"
    ),
    "exploded": (
        "select currency, sum(amount) as a from gold.lines lateral view explode(items) e as item"
        " group by currency, item"
    ),
    "what cannot be followed": "select sum(element_at(map('a', amount), 'a')) as a from gold.lines",
    "a table nobody described": "select sum(amount) as a from silver.other",
    "grouping sets with the currency": (
        "select currency, sum(amount) as a from gold.lines group by grouping sets ((currency, store_id), (currency))"
    ),
    "only where the amount is there": (
        "with l as (select currency, sum(amount) as a from gold.lines group by currency),"
        " b as (select currency, sum(revenue) as r from gold.orders group by currency)"
        " select l.currency, l.a - b.r as d from l join b on b.currency = l.currency"
    ),
    "the largest currency of a group that has one": (
        "with o as (select order_id, max(currency) as c, sum(revenue) as r from gold.orders group by order_id)"
        " select c, sum(r) as r from o group by c"
    ),
}

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
