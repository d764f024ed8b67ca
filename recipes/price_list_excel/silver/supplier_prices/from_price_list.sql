-- One row per article and day from which its price holds.
select
    article as product_id,
    valid_from,
    price as unit_price,
    currency,
    pack as pack_size
from bronze.price_list
