-- external_schema (setup): The tables of gold as they are in the lake; no copy.
create external schema if not exists shop_external from data catalog database 'shop_dev_gold' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift';

-- copies_schema (setup): What analysts use.
create schema if not exists shop;

-- procedure_make_groups (setup): Who may use what is in Redshift.
create or replace procedure shop.make_groups(version varchar(64)) as $$
begin
  if not exists (select 1 from pg_group where groname = 'shop_analysts') then execute 'create group shop_analysts'; end if;
  if not exists (select 1 from pg_group where groname = 'shop_stewards') then execute 'create group shop_stewards'; end if;
  grant usage on schema shop to group shop_analysts, group shop_stewards;
end;
$$ language plpgsql;

-- make_groups (setup): Who may use what is in Redshift.
call shop.make_groups('8d9001d32c6a703d');

-- stewards_of_the_lake (setup): Everything in gold, whole: for stewards only.
grant usage on schema shop_external to group shop_stewards;

-- private_schema (setup): For its owner alone.
create schema if not exists shop_private;

-- private_secret (setup): What keys pseudonyms.
create table if not exists shop_private.pseudonyms (secret varchar(64) not null);

-- procedure_key_pseudonyms (setup): One transaction: never none.
create or replace procedure shop_private.key_pseudonyms(given varchar(64)) as $$
begin
  delete from shop_private.pseudonyms;
  insert into shop_private.pseudonyms values (given);
end;
$$ language plpgsql;

-- key_pseudonyms (load): :pseudonyms is the text of the file pseudonyms of `erasures`.
call shop_private.key_pseudonyms(:pseudonyms);

-- procedure_refresh_copies_1 (setup): Copies without personal data; each is one snapshot and takes the place of the old one, as often as it runs.
create or replace procedure shop.refresh_copies_1(version varchar(64)) as $$
begin
  drop table if exists shop.agg_daily__new;
  create table shop.agg_daily__new (day date not null, line_count bigint, qty bigint, amount numeric(18,4), primary key (day)) diststyle even compound sortkey (day);
  insert into shop.agg_daily__new (day, line_count, qty, amount) select day, line_count, qty, amount from shop_external.agg_daily;
  drop table if exists shop.agg_daily;
  alter table shop.agg_daily__new rename to agg_daily;
  comment on table shop.agg_daily is 'One row per key.';
  grant select on shop.agg_daily to group shop_analysts, group shop_stewards;
  if not exists (select 1 from shop_private.pseudonyms) then raise exception 'shop_private.pseudonyms is empty: what keys pseudonyms is put there before copies are made'; end if;
  drop table if exists shop.fct_orders__new;
  create table shop.fct_orders__new ("order" varchar(256) not null, day date not null, customer_id varchar(64), note varchar(65535), at timestamp, amount numeric(18,4), n integer, big bigint, share double precision, is_new boolean, primary key ("order", day)) diststyle key distkey ("order") compound sortkey (day, "order");
  insert into shop.fct_orders__new ("order", day, customer_id, note, at, amount, n, big, share, is_new) select "order", day, sha2((select secret from shop_private.pseudonyms) || customer_id, 256), note, at, amount, n, big, share, is_new from shop_external.fct_orders;
  drop table if exists shop.fct_orders;
  alter table shop.fct_orders__new rename to fct_orders;
  comment on table shop.fct_orders is 'One row per till''s order.';
  grant select on shop.fct_orders to group shop_analysts, group shop_stewards;
  drop table if exists shop.mart_total__new;
  create table shop.mart_total__new (total_id integer not null, qty bigint, click_count bigint, primary key (total_id)) diststyle key distkey (total_id) compound sortkey (total_id);
  insert into shop.mart_total__new (total_id, qty, click_count) select total_id, qty, click_count from shop_external.mart_total;
  drop table if exists shop.mart_total;
  alter table shop.mart_total__new rename to mart_total;
  comment on table shop.mart_total is 'One row per key.';
  grant select on shop.mart_total to group shop_analysts, group shop_stewards;
end;
$$ language plpgsql;

-- refresh_copies_1 (load): Copies without personal data; each is one snapshot and takes the place of the old one, as often as it runs.
call shop.refresh_copies_1('13250f4ef9410ed9');

-- unload_agg_daily (demand): Parquet in S3, in place of the last export.
unload ('select day, line_count, qty, amount from shop.agg_daily') to 's3://shop-dev-gold/exports/agg_daily/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet cleanpath kms_key_id 'arn:aws:kms:us-east-2:123456789012:key/k' encrypted;

-- procedure_restore_agg_daily (setup): Deletes and copies in one transaction.
create or replace procedure shop.restore_agg_daily() as $$
begin
  delete from shop.agg_daily;
  copy shop.agg_daily from 's3://shop-dev-gold/exports/agg_daily/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet;
end;
$$ language plpgsql;

-- restore_agg_daily (demand): From the last export.
call shop.restore_agg_daily();

-- unload_fct_orders (demand): Parquet in S3, in place of the last export.
unload ('select "order", day, customer_id, note, at, amount, n, big, share, is_new from shop.fct_orders') to 's3://shop-dev-gold/exports/fct_orders/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet cleanpath kms_key_id 'arn:aws:kms:us-east-2:123456789012:key/k' encrypted;

-- procedure_restore_fct_orders (setup): Deletes and copies in one transaction.
create or replace procedure shop.restore_fct_orders() as $$
begin
  delete from shop.fct_orders;
  copy shop.fct_orders from 's3://shop-dev-gold/exports/fct_orders/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet;
end;
$$ language plpgsql;

-- restore_fct_orders (demand): From the last export.
call shop.restore_fct_orders();

-- unload_mart_total (demand): Parquet in S3, in place of the last export.
unload ('select total_id, qty, click_count from shop.mart_total') to 's3://shop-dev-gold/exports/mart_total/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet cleanpath kms_key_id 'arn:aws:kms:us-east-2:123456789012:key/k' encrypted;

-- procedure_restore_mart_total (setup): Deletes and copies in one transaction.
create or replace procedure shop.restore_mart_total() as $$
begin
  delete from shop.mart_total;
  copy shop.mart_total from 's3://shop-dev-gold/exports/mart_total/' iam_role 'arn:aws:iam::123456789012:role/shop-dev-redshift' format as parquet;
end;
$$ language plpgsql;

-- restore_mart_total (demand): From the last export.
call shop.restore_mart_total();

