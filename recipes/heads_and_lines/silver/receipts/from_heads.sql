-- One row per receipt_id.
select
    trim(receipt_no) as receipt_id,
    closed_at as sold_at,
    split(till, '-')[0] as store_id,
    nullif(trim(card), '') as customer_id
from bronze.heads
