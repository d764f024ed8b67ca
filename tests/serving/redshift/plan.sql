-- external_schema (setup): The tables of gold as they are in the lake; no copy.
create external schema if not exists shop_external from data catalog database 'shop_dev_gold' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift';

-- view_schema (setup): What analysts use.
create schema if not exists shop;

-- mart_schema (setup): Copies of heavy tables.
create schema if not exists shop_internal;

-- procedure_make_groups (setup): Who may use which schema.
create or replace procedure shop.make_groups(version varchar(64)) as $$
begin
  if not exists (select 1 from pg_group where groname = 'shop_analysts') then execute 'create group shop_analysts'; end if;
  if not exists (select 1 from pg_group where groname = 'shop_stewards') then execute 'create group shop_stewards'; end if;
  grant usage on schema shop to group shop_analysts, group shop_stewards;
  grant usage on schema shop_internal to group shop_analysts, group shop_stewards;
  grant usage on schema shop_external to group shop_stewards;
end;
$$ language plpgsql;

-- make_groups (setup): Who may use which schema.
call shop.make_groups('8d9001d32c6a703d');

-- procedure_make_views_1 (setup): One view a table of gold, over the lake; personal data is masked or left out.
create or replace procedure shop.make_views_1(version varchar(64)) as $$
begin
  drop view if exists shop.agg_daily;
  create view shop.agg_daily as select day, line_count, qty, amount from shop_external.agg_daily with no schema binding;
  comment on view shop.agg_daily is 'One row per key.';
  grant select on shop.agg_daily to group shop_analysts, group shop_stewards;
  drop view if exists shop.fct_orders;
  create view shop.fct_orders as select "order", day, sha2(customer_id, 256) as customer_id, note, at, amount, n, big, share, is_new from shop_external.fct_orders with no schema binding;
  comment on view shop.fct_orders is 'One row per till''s order.';
  grant select on shop.fct_orders to group shop_analysts, group shop_stewards;
  drop view if exists shop.mart_total;
  create view shop.mart_total as select total_id, qty, click_count from shop_external.mart_total with no schema binding;
  comment on view shop.mart_total is 'One row per key.';
  grant select on shop.mart_total to group shop_analysts, group shop_stewards;
end;
$$ language plpgsql;

-- make_views_1 (setup): One view a table of gold, over the lake; personal data is masked or left out.
call shop.make_views_1('b067e30d4fcdc1d1');

-- procedure_make_marts_1 (setup): Facts inside Redshift: spread by what the key names, sorted by the bucket; the load grants and fills them.
create or replace procedure shop.make_marts_1(version varchar(64)) as $$
begin
  create table if not exists shop_internal.fct_orders ("order" varchar(256) not null, day date not null, customer_id varchar(256), email varchar(65535), note varchar(65535), at timestamp, amount numeric(18,4), n integer, big bigint, share double precision, is_new boolean, primary key ("order", day)) diststyle key distkey ("order") compound sortkey (day, "order");
end;
$$ language plpgsql;

-- make_marts_1 (setup): Facts inside Redshift: spread by what the key names, sorted by the bucket; the load grants and fills them.
call shop.make_marts_1('b49a395418bda369');

-- procedure_refresh_marts_1 (setup): A new copy of one snapshot takes the place of the old one; running it twice gives the same.
create or replace procedure shop.refresh_marts_1(version varchar(64)) as $$
begin
  drop table if exists shop_internal.fct_orders__new;
  create table shop_internal.fct_orders__new ("order" varchar(256) not null, day date not null, customer_id varchar(256), email varchar(65535), note varchar(65535), at timestamp, amount numeric(18,4), n integer, big bigint, share double precision, is_new boolean, primary key ("order", day)) diststyle key distkey ("order") compound sortkey (day, "order");
  insert into shop_internal.fct_orders__new ("order", day, customer_id, email, note, at, amount, n, big, share, is_new) select "order", day, customer_id, email, note, at, amount, n, big, share, is_new from shop_external.fct_orders;
  drop table if exists shop_internal.fct_orders;
  alter table shop_internal.fct_orders__new rename to fct_orders;
  grant select ("order", day, note, at, amount, n, big, share, is_new) on shop_internal.fct_orders to group shop_analysts;
  grant select on shop_internal.fct_orders to group shop_stewards;
end;
$$ language plpgsql;

-- refresh_marts_1 (load): A new copy of one snapshot takes the place of the old one; running it twice gives the same.
call shop.refresh_marts_1('7ad4d3bf27dc4ff0');

-- unload_fct_orders (demand): Parquet in S3, in place of the last export.
unload ('select "order", day, customer_id, email, note, at, amount, n, big, share, is_new from shop_internal.fct_orders') to 's3://shop-dev-gold/exports/fct_orders/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet cleanpath;

-- procedure_restore_fct_orders (setup): Deletes and copies in one transaction.
create or replace procedure shop.restore_fct_orders() as $$
begin
  delete from shop_internal.fct_orders;
  copy shop_internal.fct_orders from 's3://shop-dev-gold/exports/fct_orders/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet;
end;
$$ language plpgsql;

-- restore_fct_orders (demand): From the last export.
call shop.restore_fct_orders();

