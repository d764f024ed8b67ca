"""The same silver and gold in local PySpark, as plain Parquet.

    python benchmarks/peer_spark.py LANDING OUT MODELS_JSON

Needs Java 17 and pyspark 3.5. Two cores and 4 GB of heap. Gold is the text of the packaged models.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

_PAGE = "STRUCT<url: STRING, path: STRING, referrer: STRING, title: STRING, search: STRING>"
_CAMPAIGN = "STRUCT<source: STRING, medium: STRING, name: STRING, term: STRING, content: STRING>"
_EVENT = f"""messageId STRING, type STRING, event STRING, anonymousId STRING, userId STRING, previousId STRING,
    originalTimestamp STRING, sentAt STRING, receivedAt STRING, properties STRING,
    context STRUCT<page: {_PAGE}, campaign: {_CAMPAIGN}, userAgent: STRING,
    locale: STRING, ip: STRING, device: STRUCT<type: STRING>, library: STRUCT<name: STRING, version: STRING>>"""
CLICKS = f"""
with lines as (select value, from_json(value, 'batch ARRAY<STRING>, sentAt STRING') as b from clickstream),
records as (
    select explode(case when b.batch is null then array(value) else b.batch end) as raw, b.sentAt as sent from lines
),
parsed as (select from_json(raw, '{_EVENT}') as e, sent from records),
typed as (
    select e.messageId as event_id, e.type as event_type,
        case e.event when 'view_item' then 'Product Viewed' when 'view_item_list' then 'Product List Viewed'
            when 'add_to_cart' then 'Product Added' when 'remove_from_cart' then 'Product Removed'
            when 'view_cart' then 'Cart Viewed' when 'begin_checkout' then 'Checkout Started'
            when 'add_payment_info' then 'Payment Info Entered' when 'purchase' then 'Order Completed'
            when 'refund' then 'Order Refunded' when 'Order Canceled' then 'Order Cancelled'
            else e.event end as event_name, e.previousId as previous_id,
        e.anonymousId as anonymous_id, e.userId as user_id, coalesce(e.anonymousId, e.userId) as visitor_id,
        try_cast(e.originalTimestamp as timestamp) as original_timestamp,
        try_cast(coalesce(e.sentAt, sent) as timestamp) as sent_at, try_cast(e.receivedAt as timestamp) as received_at,
        e.context.page.url as context_page_url, e.context.page.path as context_page_path,
        e.context.page.referrer as context_page_referrer, e.context.page.title as context_page_title,
        e.context.page.search as context_page_search, e.context.campaign.source as context_campaign_source,
        e.context.campaign.medium as context_campaign_medium, e.context.campaign.name as context_campaign_name,
        e.context.campaign.term as context_campaign_term, e.context.campaign.content as context_campaign_content,
        e.context.userAgent as context_user_agent, e.context.locale as context_locale, e.context.ip as context_ip,
        e.context.device.type as context_device_type, e.context.library.name as context_library_name,
        e.context.library.version as context_library_version,
        from_json(e.properties, 'product_id STRING, quantity DECIMAL(18,4), price DECIMAL(18,6), order_id STRING,
            revenue DECIMAL(18,4), total DECIMAL(18,4), currency STRING,
            products ARRAY<STRUCT<price: DECIMAL(18,6), quantity: DECIMAL(18,4)>>') as p,
        e.properties as properties
    from parsed
),
placed as (
    select *, timestamp_micros(unix_micros(received_at) - (unix_micros(sent_at) - unix_micros(original_timestamp)))
        as event_at
    from typed
),
ranked as (
    select *, row_number() over (partition by event_id order by received_at) as place from placed
    where event_id is not null and visitor_id is not null and event_at is not null
        and event_at between timestamp'2000-01-01' and received_at + interval 1 day
)
select *, cast(event_at as date) as event_date, p.product_id, p.quantity, p.price, p.order_id,
    case when event_name = 'Order Completed' then coalesce(p.revenue, p.total) end as revenue_amount,
    case when event_name = 'Order Refunded' then coalesce(p.revenue, p.total, cast(aggregate(p.products,
        cast(0 as decimal(38,10)), (t, x) -> cast(t + x.price * coalesce(x.quantity, 1) as decimal(38,10)))
        as decimal(18,4))) end as refund_amount, upper(p.currency) as currency
from ranked where place = 1
"""
ITEMS = """
with listed as (
    select *, from_json(properties, 'products ARRAY<STRING>, items ARRAY<STRING>') as l from silver__clicks
),
items as (select *, posexplode(coalesce(l.products, l.items)) as (place, item) from listed)
select event_id, place + 1 as line_number, event_date, received_at,
    coalesce(get_json_object(item, '$.product_id'), get_json_object(item, '$.item_id')) as product_id,
    try_cast(get_json_object(item, '$.quantity') as decimal(18,4)) as quantity,
    try_cast(get_json_object(item, '$.price') as decimal(18,6)) as price,
    upper(coalesce(get_json_object(item, '$.currency'), currency)) as currency
from items
"""
SALES = """
select transaction_id, cast(line_number as int) as line_number, cast(sold_at as date) as sold_date,
    cast(sold_at as timestamp) as sold_at, customer_id, store_id, product_id,
    try_cast(quantity as decimal(18,4)) as quantity, unit, cast(unit_price as decimal(18,6)) as unit_price,
    coalesce(cast(discount as decimal(18,6)), 0) as discount_amount, cast(tax_amount as decimal(18,6)) as tax_amount,
    cast(price_includes_tax as boolean) as price_includes_tax, line_type, currency, payment_type, channel
from (select *, row_number() over (partition by transaction_id, line_number order by file desc) as place from sales
      where transaction_id is not null and try_cast(quantity as decimal(18,4)) <> 0
        and cast(unit_price as double) >= 0 and length(currency) = 3)
where place = 1
"""
RATES = """
select cast(rate_date as date) as rate_date, currency, reporting_currency, cast(rate as decimal(18,10)) as rate
from (select *, row_number() over (partition by rate_date, currency, reporting_currency order by file desc) as place
      from exchange_rates)
where place = 1
"""
COSTS = """
select cast(cost_date as date) as cost_date, case kind when 'organic_social' then 'social'
        when 'organic_video' then 'video' else kind end as channel,
    coalesce(campaign_source, '') as campaign_source, coalesce(campaign_name, '') as campaign_name, currency,
    cast(cost as decimal(18,6)) as cost_amount, cast(clicks as bigint) as click_count,
    cast(impressions as bigint) as impression_count
from (select *, row_number() over (partition by cost_date, kind, campaign_source, campaign_name, currency
        order by file desc) as place
      from (select *, coalesce(regexp_replace(lower(trim(channel)), '[ -]+', '_'), '') as kind from marketing_costs))
where place = 1
"""
HISTORY = """
select *, lead(valid_from) over (partition by {key} order by valid_from) as valid_to,
    lead(valid_from) over (partition by {key} order by valid_from) is null as is_current
from (select *, try_cast(updated_at as timestamp) as valid_from,
        row_number() over (partition by {key}, updated_at order by file desc) as place
      from {feed} where try_cast(updated_at as timestamp) is not null)
where place = 1
"""

TYPES = {"price": "decimal(18,6)", "is_active": "boolean", "birth_date": "date", "opened_date": "date"}
TYPES["day_start_hour"] = "int"


def main(landing: Path, out: Path, models: Path) -> None:
    """Write every table as a Parquet folder and read it back for the next."""
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.legacy.timeParserPolicy", "CORRECTED")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    spark.read.option("recursiveFileLookup", "true").text(str(landing / "clickstream")).createOrReplaceTempView(
        "clickstream"
    )
    for feed in ("sales", "products", "customers", "stores", "exchange_rates", "marketing_costs"):
        frame = spark.read.option("recursiveFileLookup", "true").option("header", "true").csv(str(landing / feed))
        frame.selectExpr("*", "input_file_name() as file").createOrReplaceTempView(feed)
    queries = {"silver__clicks": CLICKS, "silver__event_items": ITEMS, "silver__sales": SALES}
    queries |= {"silver__exchange_rates": RATES, "silver__marketing_costs": COSTS}
    for feed, key in (("products", "product_id"), ("customers", "customer_id"), ("stores", "store_id")):
        queries[f"silver__{feed}"] = HISTORY.format(feed=feed, key=key)
    queries |= {model["name"].replace(".", "__"): model["spark"] for model in json.loads(models.read_text())}
    for name, query in queries.items():
        frame = spark.sql(query)
        frame = frame.drop("p", "place", "file")
        if name.startswith("silver__") and "valid_from" in frame.columns:
            for column in set(TYPES) & set(frame.columns):
                frame = frame.withColumn(column, frame[column].cast(TYPES[column]))
        frame.write.mode("overwrite").parquet(str(out / name))
        spark.read.parquet(str(out / name)).createOrReplaceTempView(name)
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
