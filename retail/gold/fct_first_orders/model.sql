-- One row per person who ordered online: the first order.
with placed as (
    select *, row_number() over (partition by person_id order by ordered_at, order_id) as place from gold.fct_order_owners
)
select
    person_id,
    order_id,
    order_date
from placed
where place = 1
