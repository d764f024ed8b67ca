-- One row per receipt_id and line_number: the line, with what its receipt says.
select
    trim(l.receipt_no) as receipt_id,
    l.pos as line_number,
    cast(r.sold_at as date) as sold_date,
    r.sold_at,
    r.store_id,
    r.customer_id,
    nullif(trim(l.article), '') as product_id,
    l.qty as quantity,
    l.price as unit_price
from bronze.lines as l
left join silver.receipts as r on r.receipt_id = trim(l.receipt_no)
