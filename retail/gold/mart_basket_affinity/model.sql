-- One row per pair of products in at least 3 baskets of the last 90 days of data.
with newest as (
    select max(sold_date) as as_of_date from gold.agg_sales_daily
),
-- As days to join, so that an engine skips the files of all other days.
days as (
    select distinct d.sold_date
    from gold.agg_sales_daily as d
    cross join newest as n
    where d.sold_date > date_sub(n.as_of_date, 90)
),
lines as (
    select distinct s.transaction_id, s.product_id
    from gold.fct_sales as s
    join days as d on d.sold_date = s.sold_date
    where s.line_type = 'sale'
),
sized as (
    select transaction_id, count(*) as product_count
    from lines
    group by transaction_id
    having count(*) <= 50
),
baskets as (
    select l.transaction_id, l.product_id
    from lines as l
    join sized as s on s.transaction_id = l.transaction_id
),
products as (
    select product_id, count(*) as product_count from baskets group by product_id
),
total as (
    select count(*) as basket_count from sized
),
pairs as (
    select a.product_id as product_id_a, b.product_id as product_id_b, count(*) as pair_count
    from baskets as a
    join baskets as b on b.transaction_id = a.transaction_id and a.product_id < b.product_id
    group by a.product_id, b.product_id
    having count(*) >= 3
)
select
    p.product_id_a,
    p.product_id_b,
    t.basket_count,
    a.product_count as a_count,
    b.product_count as b_count,
    p.pair_count,
    cast(p.pair_count as double) / cast(t.basket_count as double) as support,
    cast(p.pair_count as double) / cast(a.product_count as double) as confidence_a_to_b,
    cast(p.pair_count as double) / cast(b.product_count as double) as confidence_b_to_a,
    cast(p.pair_count as double) * cast(t.basket_count as double)
        / (cast(a.product_count as double) * cast(b.product_count as double)) as lift
from pairs as p
join products as a on a.product_id = p.product_id_a
join products as b on b.product_id = p.product_id_b
cross join total as t
