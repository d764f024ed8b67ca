-- One row per line of a receipt. Pieces have three digits behind a point that is not written, amounts two (cents).
select
    store as store_id,
    till as till_id,
    receipt as receipt_id,
    line as line_number,
    cast(to_timestamp(sold, 'yyyyMMddHHmm') as date) as sold_date,
    to_timestamp(sold, 'yyyyMMddHHmm') as sold_at,
    article as product_id,
    case kind when 'S' then 'sale' when 'R' then 'return' end as line_type,
    cast(try_cast(pieces as decimal(18, 0)) * 0.001 * case kind when 'R' then -1 else 1 end as decimal(18, 3)) as quantity,
    cast(try_cast(cents as decimal(18, 0)) * 0.01 * case kind when 'R' then -1 else 1 end as decimal(18, 4)) as paid_amount
from bronze.receipts
