"""The floor: the same silver and gold as plain Parquet, by a DuckDB script without a platform around it.

    python benchmarks/floor.py LANDING OUT MODELS_JSON [--tuned] [--memory MB]

As one writes it: `read_json` with columns, `qualify row_number()`. Tuned, repeated events are found in a narrow pass
over the parsed ones instead of a window over every column.

Silver is written by hand, the way one does for one machine and one load: read, parse, filter, drop duplicates,
write. Gold is the text of the packaged models. No bronze, no quarantine, no checks, no commits, no increments.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

_CONTEXT = """STRUCT(page STRUCT(url VARCHAR, path VARCHAR, referrer VARCHAR, title VARCHAR, "search" VARCHAR),
    campaign STRUCT(source VARCHAR, medium VARCHAR, name VARCHAR, term VARCHAR, content VARCHAR), userAgent VARCHAR,
    locale VARCHAR, ip VARCHAR, device STRUCT(type VARCHAR), library STRUCT(name VARCHAR, version VARCHAR))"""
_NAMES = ("messageId", "type", "event", "anonymousId", "userId", "previousId", "originalTimestamp")
_EVENT = dict.fromkeys(_NAMES, "VARCHAR")
_EVENT |= {"sentAt": "VARCHAR", "receivedAt": "VARCHAR", "properties": "JSON", "context": _CONTEXT}
_BATCH = f"STRUCT({', '.join(f'{name} {kind}' for name, kind in _EVENT.items())})[]"
_COLUMNS = "{" + ", ".join(f"{n}: '{k}'" for n, k in (_EVENT | {"batch": _BATCH}).items()) + "}"
_ONE = "{" + ", ".join(f"'{name}': {name}" for name in _EVENT) + "}"
PARSED = """
with parsed as (
    select unnest(coalesce(batch, [ONE])) as e, sentAt as sent
    from read_json(FILES, format = 'newline_delimited', columns = COLUMNS, ignore_errors = true,
        maximum_object_size = 16777216)
),
typed as (
    select e.messageId as event_id, e.type as event_type,
        case e.event when 'view_item' then 'Product Viewed' when 'view_item_list' then 'Product List Viewed'
            when 'add_to_cart' then 'Product Added' when 'remove_from_cart' then 'Product Removed'
            when 'view_cart' then 'Cart Viewed' when 'begin_checkout' then 'Checkout Started'
            when 'add_payment_info' then 'Payment Info Entered' when 'purchase' then 'Order Completed'
            when 'refund' then 'Order Refunded' when 'Order Canceled' then 'Order Cancelled'
            else e.event end as event_name,
        e.anonymousId as anonymous_id, e.userId as user_id, e.previousId as previous_id,
        coalesce(e.anonymousId, e.userId) as visitor_id,
        try_cast(e.originalTimestamp as timestamp) as original_timestamp,
        try_cast(coalesce(e.sentAt, sent) as timestamp) as sent_at,
        try_cast(e.receivedAt as timestamp) as received_at,
        e.context.page.url as context_page_url, e.context.page.path as context_page_path,
        e.context.page.referrer as context_page_referrer, e.context.page.title as context_page_title,
        e.context.page.search as context_page_search, e.context.campaign.source as context_campaign_source,
        e.context.campaign.medium as context_campaign_medium, e.context.campaign.name as context_campaign_name,
        e.context.campaign.term as context_campaign_term, e.context.campaign.content as context_campaign_content,
        e.context.userAgent as context_user_agent, e.context.locale as context_locale, e.context.ip as context_ip,
        e.context.device.type as context_device_type, e.context.library.name as context_library_name,
        e.context.library.version as context_library_version,
        from_json(e.properties, '{"product_id":"VARCHAR","quantity":"DECIMAL(18,4)","price":"DECIMAL(18,6)",
            "order_id":"VARCHAR","revenue":"DECIMAL(18,4)","total":"DECIMAL(18,4)","currency":"VARCHAR",
            "products":[{"price":"DECIMAL(18,6)","quantity":"DECIMAL(18,4)"}]}') as p,
        cast(e.properties as varchar) as properties
    from parsed
),
placed as (
    select *, received_at - (sent_at - original_timestamp) as event_at from typed
)
select event_id, cast(event_at as date) as event_date, event_at, event_type, event_name, visitor_id, anonymous_id,
    user_id, previous_id, original_timestamp, sent_at, received_at, context_page_url, context_page_path,
    context_page_referrer, context_page_title, context_page_search, context_campaign_source, context_campaign_medium,
    context_campaign_name, context_campaign_term, context_campaign_content, context_user_agent, context_locale,
    context_ip, context_device_type, context_library_name, context_library_version, p.product_id,
    p.quantity, p.price, p.order_id,
    case when event_name = 'Order Completed' then coalesce(p.revenue, p.total) end as revenue_amount,
    case when event_name = 'Order Refunded' then coalesce(p.revenue, p.total, cast(list_sum(
        list_transform(p.products, lambda x: x.price * coalesce(x.quantity, 1))) as decimal(18,4))) end
        as refund_amount,
    upper(p.currency) as currency, properties
from placed
where event_id is not null and visitor_id is not null and event_at is not null
    and event_at between timestamp '2000-01-01' and received_at + interval 1 day
""".replace("COLUMNS", _COLUMNS).replace("ONE", _ONE)
PLAIN = "select * from (EVENTS) qualify row_number() over (partition by event_id order by received_at) = 1"
TUNED = """
with twice as (select event_id from 'PARSED' group by event_id having count(*) > 1),
repeated as (
    select file_row_number as place,
        row_number() over (partition by event_id order by received_at, file_row_number) as number
    from read_parquet('PARSED', file_row_number = true) semi join twice using (event_id)
)
select * exclude (file_row_number) from read_parquet('PARSED', file_row_number = true)
where file_row_number not in (select place from repeated where number > 1)
"""
ITEMS = """
with listed as (
    select *, cast(coalesce(properties -> '$.products', properties -> '$.items') as json[]) as list
    from "silver.clicks"
),
items as (select *, unnest(list) as item, generate_subscripts(list, 1) as place from listed)
select event_id, cast(place as int) as line_number, event_date, received_at,
    coalesce(item ->> 'product_id', item ->> 'item_id', item ->> 'sku') as product_id,
    try_cast(item ->> 'quantity' as decimal(18,4)) as quantity, try_cast(item ->> 'price' as decimal(18,6)) as price,
    upper(coalesce(item ->> 'currency', currency)) as currency
from items
"""
SALES = """
select transaction_id, cast(line_number as int) as line_number, cast(sold_at as date) as sold_date,
    cast(sold_at as timestamp) as sold_at, customer_id, store_id, product_id,
    try_cast(quantity as decimal(18,4)) as quantity, unit, cast(unit_price as decimal(18,6)) as unit_price,
    coalesce(cast(discount as decimal(18,6)), 0) as discount_amount, cast(tax_amount as decimal(18,6)) as tax_amount,
    cast(price_includes_tax as boolean) as price_includes_tax, line_type, currency, payment_type, channel
from read_csv(FILES, header = true, all_varchar = true, ignore_errors = true, filename = true, union_by_name = true)
where transaction_id is not null and try_cast(quantity as decimal(18,4)) <> 0 and cast(unit_price as double) >= 0
    and length(currency) = 3
qualify row_number() over (partition by transaction_id, line_number order by filename desc) = 1
"""
RATES = """
select cast(rate_date as date) as rate_date, currency, reporting_currency, cast(rate as decimal(18,10)) as rate
from read_csv(FILES, header = true, all_varchar = true, filename = true)
qualify row_number() over (partition by rate_date, currency, reporting_currency order by filename desc) = 1
"""
COSTS = """
select cast(cost_date as date) as cost_date, case kind when 'organic_social' then 'social'
        when 'organic_video' then 'video' else kind end as channel,
    coalesce(campaign_source, '') as campaign_source, coalesce(campaign_name, '') as campaign_name, currency,
    cast(cost as decimal(18,6)) as cost_amount, cast(clicks as bigint) as click_count,
    cast(impressions as bigint) as impression_count
from (select *, coalesce(regexp_replace(lower(trim(channel)), '[ -]+', '_', 'g'), '') as kind
    from read_csv(FILES, header = true, all_varchar = true, filename = true))
qualify row_number() over (
    partition by cost_date, kind, campaign_source, campaign_name, currency order by filename desc) = 1
"""
HISTORY = """
select *, lead(valid_from) over (partition by {key} order by valid_from) as valid_to,
    lead(valid_from) over (partition by {key} order by valid_from) is null as is_current
from (
    select * exclude (updated_at, filename){casts}, try_cast(updated_at as timestamp) as valid_from
    from read_csv(FILES, header = true, all_varchar = true, ignore_errors = true, filename = true)
    where try_cast(updated_at as timestamp) is not null
    qualify row_number() over (partition by {key}, updated_at order by filename desc) = 1
)
"""
REFERENCE = {
    "products": (
        "product_id",
        " replace (cast(price as decimal(18,6)) as price, cast(is_active as boolean) as is_active)",
    ),
    "customers": ("customer_id", " replace (try_cast(birth_date as date) as birth_date)"),
    "stores": (
        "store_id",
        " replace (cast(opened_date as date) as opened_date, cast(day_start_hour as int) as day_start_hour)",
    ),
}


def main(landing: Path, out: Path, models: Path, memory_mb: int, tuned: bool) -> None:
    """Write every table as `<out>/<layer>.<table>.parquet`."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = '{memory_mb}MB'; set threads = 2; set preserve_insertion_order = false")
    connection.execute(f"set temp_directory = '{out}/spill'; set TimeZone = 'UTC'")
    queries = silver(landing)
    if tuned:
        parsed = f"{out}/parsed.parquet"
        connection.execute(f"copy ({_events(landing)}) to '{parsed}' (format parquet, compression zstd)")
        queries["silver.clicks"] = TUNED.replace("PARSED", parsed)
    queries |= {model["name"]: model["duckdb"] for model in json.loads(models.read_text())}
    for name, query in queries.items():
        connection.execute(f"copy ({query}) to '{out}/{name}.parquet' (format parquet, compression zstd)")
        connection.execute(f"create view \"{name}\" as from '{out}/{name}.parquet'")


def silver(landing: Path) -> dict[str, str]:
    """Queries of the silver tables over the landed files."""
    queries = {"silver.clicks": PLAIN.replace("EVENTS", _events(landing)), "silver.event_items": ITEMS}
    for name, text in (("sales", SALES), ("exchange_rates", RATES), ("marketing_costs", COSTS)):
        queries[f"silver.{name}"] = text.replace("FILES", _files(landing, name))
    for name, (key, casts) in REFERENCE.items():
        text = HISTORY.format(key=key, casts=casts)
        queries[f"silver.{name}"] = text.replace("FILES", _files(landing, name))
    return queries


def _events(landing: Path) -> str:
    return PARSED.replace("FILES", _files(landing, "clickstream"))


def _files(landing: Path, feed: str) -> str:
    return "[" + ", ".join(f"'{p}'" for p in sorted((landing / feed).rglob("*")) if p.is_file()) + "]"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("landing", "out", "models"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--memory", type=int, default=1400)
    parser.add_argument("--tuned", action="store_true")
    given = parser.parse_args()
    main(given.landing, given.out, given.models, given.memory, given.tuned)
