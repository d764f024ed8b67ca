-- Functions of Postgres's catalogue (https://www.postgresql.org/docs/15/functions-info.html) as far as tools ask them
-- here, over the relations in schema pg. What this server has none of is null, what everybody may do is true.
-- What a macro is given stands in its query as it was written, so names in there must be none that anybody writes.
create view pg.named_ as select c.oid as number_, c.relname as name_, n.nspname as schema_
  from pg.pg_class c join pg.pg_namespace n on n.oid = c.relnamespace;
create view pg.columns_ as select attrelid as of_, attnum as place_, attname as name_ from pg.pg_attribute;
create view pg.keys_ as select k.oid as number_, x.indexrelid as index_, x.indrelid as of_, x.indkey as places_
  from pg.pg_constraint k join pg.pg_index x on x.indexrelid = k.conindid;
create view pg.said_ as select objoid as of_, classoid as class_, objsubid as place_, description as text_
  from pg.pg_description;
create macro format_type(type, modifier) as (
  select case
    when type is null then null
    when count(*) = 0 then '???'
    when any_value(type_) = 1700 and modifier > 4
      then 'numeric(' || ((modifier - 4) >> 16) || ',' || ((modifier - 4) & 65535) || ')'
    else any_value(words_) end
  from pg.type_words where type_ = type);
create macro pg_get_expr(a, b) as null::varchar, (a, b, c) as null::varchar;
create macro pg_get_userbyid(role) as case when role = 10 then 'marketpulse' end;
create macro pg_get_viewdef(a) as ''::varchar, (a, b) as ''::varchar;
create macro pg_get_ruledef(a) as null::varchar, (a, b) as null::varchar;
create macro pg_get_triggerdef(a) as null::varchar, (a, b) as null::varchar;
create macro pg_get_function_result(a) as null::varchar;
create macro pg_get_function_arguments(a) as null::varchar;
create macro pg_get_function_identity_arguments(a) as null::varchar;
create macro pg_get_functiondef(a) as null::varchar;
create macro pg_get_function_sqlbody(a) as null::varchar;
create macro pg_get_partkeydef(a) as null::varchar;
create macro pg_get_partition_constraintdef(a) as null::varchar;
create macro pg_get_statisticsobjdef_columns(a) as null::varchar;
create macro pg_get_serial_sequence(a, b) as null::varchar;
create macro pg_relation_is_publishable(a) as false;
create macro pg_get_replica_identity_index(a) as null::bigint;
create macro pg_bare_name(relation) as (select any_value(name_) from pg.named_ where number_ = relation);
create macro pg_name_of(relation) as coalesce((
  select any_value(case when schema_ = 'pg_catalog' then name_ else schema_ || '.' || name_ end)
  from pg.named_ where number_ = relation), relation::varchar);
create macro pg_column_names(relation, keys) as (
  select string_agg(name_, ', ' order by list_position(keys, place_))
  from pg.columns_ where of_ = relation and list_contains(keys, place_));
create macro pg_get_constraintdef(a) as (
  select any_value('PRIMARY KEY (' || pg_column_names(of_, places_) || ')') from pg.keys_ where number_ = a),
  (a, b) as (
  select any_value('PRIMARY KEY (' || pg_column_names(of_, places_) || ')') from pg.keys_ where number_ = a);
create macro pg_index_text(a) as (
  select any_value('CREATE UNIQUE INDEX ' || pg_bare_name(index_) || ' ON ' || pg_name_of(of_) || ' USING btree ('
    || pg_column_names(of_, places_) || ')') from pg.keys_ where index_ = a);
create macro pg_get_indexdef(a) as pg_index_text(a),
  (a, col, pretty) as case when col = 0 then pg_index_text(a) else (
  select any_value(pg_column_names(of_, [places_[col]])) from pg.keys_ where index_ = a) end;
create macro pg_table_is_visible(a) as a >= 16384;
create macro pg_type_is_visible(a) as true;
create macro pg_function_is_visible(a) as true;
create macro pg_operator_is_visible(a) as true;
create macro pg_collation_is_visible(a) as true;
create macro pg_opclass_is_visible(a) as true;
create macro pg_statistics_obj_is_visible(a) as true;
create macro pg_ts_config_is_visible(a) as true;
create macro obj_description(a) as (select any_value(text_) from pg.said_ where of_ = a and place_ = 0),
  (a, b) as (select any_value(text_) from pg.said_
    where of_ = a and place_ = 0 and class_ = case b when 'pg_namespace' then 2615 else 1259 end);
create macro col_description(a, b) as (
  select any_value(text_) from pg.said_ where of_ = a and place_ = b and b > 0);
create macro shobj_description(a, b) as null::varchar;
create macro has_table_privilege(a, b) as b ilike '%select%', (u, a, b) as b ilike '%select%';
create macro has_any_column_privilege(a, b) as b ilike '%select%', (u, a, b) as b ilike '%select%';
create macro has_column_privilege(a, c, b) as b ilike '%select%', (u, a, c, b) as b ilike '%select%';
create macro has_schema_privilege(a, b) as b ilike '%usage%', (u, a, b) as b ilike '%usage%';
create macro has_database_privilege(a, b) as b ilike '%connect%', (u, a, b) as b ilike '%connect%';
create macro has_function_privilege(a, b) as true, (u, a, b) as true;
create macro has_sequence_privilege(a, b) as false, (u, a, b) as false;
create macro has_tablespace_privilege(a, b) as false, (u, a, b) as false;
create macro pg_has_role(a, b) as true, (u, a, b) as true;
create macro pg_encoding_to_char(a) as 'UTF8';
create macro pg_char_to_encoding(a) as 6;
create macro pg_encoding_max_length(a) as 4;
create macro pg_relation_size(a) as null::bigint, (a, b) as null::bigint;
create macro pg_table_size(a) as null::bigint;
create macro pg_indexes_size(a) as null::bigint;
create macro pg_total_relation_size(a) as null::bigint;
create macro pg_database_size(a) as null::bigint;
create macro pg_tablespace_size(a) as null::bigint;
create macro pg_tablespace_location(a) as ''::varchar;
create macro pg_relation_filenode(a) as null::bigint;
create macro pg_size_pretty(a) as a::varchar;
create view pg.settings_ as select name as name_, setting as value_ from pg.pg_settings;
create macro pg_setting(a) as (select any_value(value_) from pg.settings_ where name_ = lower(a)),
  (a, missing) as (select any_value(value_) from pg.settings_ where name_ = lower(a));
create macro pg_is_in_recovery() as false;
create macro pg_my_temp_schema() as 0;
create macro pg_is_other_temp_schema(a) as false;
create macro pg_postmaster_start_time() as null::timestamptz;
create macro pg_conf_load_time() as null::timestamptz;
create macro pg_stat_get_numscans(a) as 0;
create macro pg_options_to_table(a) as null::varchar;
create macro txid_current() as 1;
create macro inet_server_addr() as null::varchar;
create macro inet_server_port() as null::integer;
create macro inet_client_addr() as null::varchar;
create macro inet_client_port() as null::integer;
create macro quote_ident(a) as case when regexp_full_match(a, '[a-z_][a-z0-9_]*') then a
  else '"' || replace(a, '"', '""') || '"' end;
create macro quote_literal(a) as '''' || replace(a::varchar, '''', '''''') || '''';
create macro array_upper(a, d) as nullif(len(a), 0);
create macro array_lower(a, d) as case when len(a) > 0 then 1 end;
create macro generate_subscripts(a, d) as unnest(range(1, len(a) + 1)), (a, d, r) as unnest(range(1, len(a) + 1));
create macro _pg_expandarray(a) as unnest(list_transform(range(1, len(a) + 1), lambda i: {'x': a[i], 'n': i}));
create macro _pg_char_max_length(a, b) as null::integer;
create macro pg_relation_of(name) as (
  select any_value(number_) from pg.named_
  where lower(replace(name, '"', '')) in (lower(name_), lower(schema_ || '.' || name_)));
create macro pg_relation_number(name) as coalesce(try_cast(name::varchar as uinteger), pg_relation_of(name::varchar));
create macro to_regclass(name) as pg_relation_of(name);
create macro pg_type_of(name) as (
  select any_value(type_) from pg.type_words where lower(replace(name, '"', '')) in (lower(short_), lower(words_)));
create macro to_regtype(name) as pg_type_of(name);
create macro pg_type_number(name) as coalesce(try_cast(name::varchar as uinteger), pg_type_of(name::varchar));
create view pg.schemas_ as select oid as number_, nspname as name_ from pg.pg_namespace;
create macro pg_schema_of(name) as (select any_value(number_) from pg.schemas_ where name_ = name);
create macro pg_schema_name(schema) as (select any_value(name_) from pg.schemas_ where number_ = schema);
