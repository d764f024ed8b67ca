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
_EVENT = f"""messageId STRING, type STRING, event STRING, anonymousId STRING, userId STRING, originalTimestamp STRING,
    sentAt STRING, receivedAt STRING, properties STRING, context STRUCT<page: {_PAGE}, campaign: {_CAMPAIGN},
    userAgent: STRING, locale: STRING, ip: STRING, device: STRUCT<type: STRING>,
    library: STRUCT<name: STRING, version: STRING>>"""
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
            else e.event end as event_name,
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
        from_json(e.properties, 'product_id STRING, quantity INT, price DECIMAL(18,4), order_id STRING,
            revenue DECIMAL(18,4), currency STRING') as p,
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
    p.revenue as revenue_amount, p.currency
from ranked where place = 1
"""
SALES = """
select transaction_id, cast(line_number as int) as line_number, cast(sold_at as date) as sold_date,
    cast(sold_at as timestamp) as sold_at, customer_id, store_id, product_id, try_cast(quantity as int) as quantity,
    cast(unit_price as decimal(18,4)) as unit_price, cast(discount as decimal(18,4)) as discount_amount, currency,
    payment_type, channel
from (select *, row_number() over (partition by transaction_id, line_number order by file desc) as place from sales
      where transaction_id is not null and try_cast(quantity as int) <> 0 and cast(unit_price as double) >= 0
        and currency = 'USD')
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

TYPES = {"price": "decimal(18,4)", "is_active": "boolean", "birth_date": "date", "opened_date": "date"}


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
    for feed in ("sales", "products", "customers", "stores"):
        frame = spark.read.option("recursiveFileLookup", "true").option("header", "true").csv(str(landing / feed))
        frame.selectExpr("*", "input_file_name() as file").createOrReplaceTempView(feed)
    queries = {"silver__clicks": CLICKS, "silver__sales": SALES}
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
