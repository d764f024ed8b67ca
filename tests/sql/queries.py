"""A query with every step a model has: stars, windows, joins, rows of arrays, groups."""

SESSIONS = """
with clicks as (select * from silver.clicks),
marked as (
    select *, case when lag(clicked_at) over (partition by user_id order by clicked_at, click_id) is null
              then 1 else 0 end as is_new
    from clicks
),
numbered as (select *, sum(is_new) over (partition by user_id order by clicked_at, click_id) as number from marked)
select n.user_id, max(n.clicked_at) as ended_at, count(*) as clicks, max(u.country) as country, max(item) as item
from numbered as n left join gold.dim_user as u on u.user_id = n.user_id
lateral view explode(n.items) e as item
group by n.user_id, n.number
"""
SCHEMAS = {
    "silver.clicks": ["click_id", "user_id", "clicked_at", "items"],
    "gold.dim_user": ["user_id", "country"],
}
