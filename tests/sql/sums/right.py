"""Queries that add up what adds up, over a few tables of a shop."""

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
    "the latest of each group, by its currency": (
        "with s as (select store_id, sold_date, max_by(amount, line_id) as v, max_by(currency, line_id) as c"
        " from gold.lines group by store_id, sold_date) select store_id, c, sum(v) as a from s group by store_id, c"
    ),
    "groups of one currency each, by it": (
        "with s as (select store_id, sold_date, sum(amount) as v, max(amount) as m, count(distinct currency) as n,"
        " min(currency) as c from gold.lines group by store_id, sold_date)"
        " select store_id, c, sum(case when n = 1 then v - m end) as a from s group by store_id, c"
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
