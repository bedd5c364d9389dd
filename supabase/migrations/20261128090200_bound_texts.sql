-- Why: what one user writes is read by everybody's services: every text and every json has a bound,
--   none holds control characters (PostgreSQL itself refuses lone surrogates), and the time of a row
--   is the database's. A page of a list is bounded in bytes, whatever its rows hold.
-- Safe online: the constraints are not validated, so rows that are there are kept as they are; a row
--   that breaks one is refused when it is next changed. A table of models that was there before the
--   first migration keeps its own rules.
-- Undo: drop function slipway.is_plain(text), slipway.is_plain(jsonb) cascade; grant insert on table
--   public.trained_models to authenticated; and apply 20261102090400 and 20261127090000 again.
-- RLS: as before.

create or replace function slipway.is_plain(words text)
returns boolean language sql immutable set search_path = '' as $$
  select words !~ '[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]'
$$;

-- In json a control character is written as an escape, after an even number of backslashes.
create or replace function slipway.is_plain(document jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select document::text !~ '(^|[^\\])(\\\\)*\\([bf]|u00[01])'
     and document::text !~ '[\u007f-\u009f]'
$$;

do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('public.deployments', 'deployments_description_plain', 'slipway.is_plain(description)'),
      ('slipway.idempotency_keys', 'idempotency_keys_plain', 'slipway.is_plain(key)'),
      ('slipway.idempotency_keys', 'idempotency_keys_hash_length', 'char_length(body_hash) <= 128'),
      ('public.trained_models', 'trained_models_name_plain', 'slipway.is_plain(model_name)'),
      ('public.trained_models', 'trained_models_algorithm_length', 'char_length(algorithm) <= 200'),
      ('public.trained_models', 'trained_models_algorithm_plain', 'slipway.is_plain(algorithm)'),
      ('public.trained_models', 'trained_models_metadata_size', 'octet_length(metadata::text) <= 32768'),
      ('public.trained_models', 'trained_models_metadata_plain', 'slipway.is_plain(metadata)')
    ) as rules (relation, name, condition)
  loop
    -- Ours is the table of models whose files our own first migration has bound to their owner.
    continue when rule.relation = 'public.trained_models' and not exists (
      select from pg_catalog.pg_constraint c where c.conname = 'trained_models_own_file');
    continue when exists (
      select from pg_catalog.pg_constraint c
       where c.conrelid = rule.relation::regclass and c.conname = rule.name);
    execute format('alter table %s add constraint %I check (%s) not valid',
                   rule.relation, rule.name, rule.condition);
  end loop;
  if exists (select from pg_catalog.pg_constraint c where c.conname = 'trained_models_own_file') then
    revoke insert on table public.trained_models from authenticated;
    grant insert (id, user_id, model_name, algorithm, file_path, metadata)
      on table public.trained_models to authenticated;
  end if;
end
$$;

create or replace view public.deployment_details with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       coalesce(
         (select jsonb_build_object(
                   'model_name', left(m.model_name::text, 200), 'algorithm', left(m.algorithm::text, 200))
            from public.trained_models m
           where m.id = d.model_id and m.user_id = d.user_id),
         d.former_model) as trained_models
  from public.deployments d;

create or replace view public.deployment_rows with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       coalesce(
         (select jsonb_build_object(
                   'model_name', left(m.model_name::text, 200), 'algorithm', left(m.algorithm::text, 200))
            from public.trained_models m
           where m.id = d.model_id and m.user_id = d.user_id),
         d.former_model) as trained_models,
       d.error, d.environment_variables
  from public.deployments d;

-- As before. A page ends before it grows over a megabyte, but has one row at least; the call counts.
create or replace function public.list_deployments(
  status text default null,
  search text default null,
  page_size integer default 20,
  cursor_created_at timestamptz default null,
  cursor_id uuid default null)
returns jsonb language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan
as $$
-- The plan is the same whatever is asked, and planning costs twice what running does.
declare
  needle text := nullif(lower(normalize(left(search, 1000))), '');
begin
  perform public.count_call();
  return (
    with matching as materialized (
      select d.id, d.created_at
        from public.deployments d
       where d.status <> 'deleted'
         and (list_deployments.status is null or d.status = list_deployments.status)
         and (needle is null
              or strpos(lower(d.deployment_name), needle) > 0
              or strpos(lower(d.endpoint_name), needle) > 0
              or strpos(lower(normalize(d.former_model ->> 'model_name')), needle) > 0
              or exists (
                select from public.trained_models m
                 where m.id = d.model_id and m.user_id = d.user_id
                   and strpos(lower(normalize(m.model_name)), needle) > 0))
    ), rest as (
      select m.id, m.created_at
        from matching m
       where cursor_id is null or (m.created_at, m.id) < (cursor_created_at, cursor_id)
    ), page as (
      select r.id, r.created_at from rest r
       order by r.created_at desc, r.id desc
       limit least(greatest(page_size, 1), 100)
    ), written as (
      select w.found, row_number() over newest as place,
             sum(octet_length(w.found::text)) over newest as bytes
        from page p
        join public.deployment_rows v on v.id = p.id
       cross join lateral (select to_jsonb(v) - 'environment_variables' as found offset 0) w
      window newest as (order by p.created_at desc, p.id desc)
    ), fitting as (
      select f.found, f.place from written f where f.bytes <= 1048576 or f.place = 1
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'more', (select count(*) from rest) > (select count(*) from fitting),
      'deployments', coalesce((select jsonb_agg(f.found order by f.place) from fitting f), '[]')));
end
$$;
