-- Why: what a user writes past the API by calling the database's functions was bounded in size, not in
--   shape: a release, an error or an operation's input of another shape, a number of 5000 digits or 500
--   nested lists made lists unreadable, the sweeper's list of everybody's operations too; an update could
--   ask the cloud for 99 instances, or for variables that are reserved. Names were
--   taken that show nothing, that break a line, or that turn the text around them.
-- Safe online: the constraints are not validated, so rows that are there are kept as they are; a row
--   that breaks one is refused when it is next changed. What the app writes has these shapes. Running
--   operations and living deployments that break one, which are few, are mended.
-- Undo: alter table ... drop constraint for each name below; drop trigger error_plain on
--   public.deployments, and on public.operations; drop function slipway.check_own_error(),
--   slipway.is_failure(jsonb), slipway.is_release(jsonb), slipway.is_line(text),
--   slipway.is_cloud_change(jsonb); apply
--   slipway.is_plain(jsonb) of 20261128090200, slipway.are_variables of 20261127100000 and
--   slipway.end_deploy_operation of 20261129090100 again.
-- RLS: as before.

-- As before; and numbers that a double holds, and at most 20 levels, which every parser takes.
create or replace function slipway.is_plain(document jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select document::text !~ '(^|[^\\])(\\\\)*\\([bf]|u00[01])'
     and document::text !~ '[\u007f-\u009f]'
     and not jsonb_path_exists(document, 'strict $.**{20 to last}')
     and not jsonb_path_exists(document, 'strict $.** ? (@.type() == "number"
           && (@ > 1.7976931348623157e308 || @ < -1.7976931348623157e308))')
$$;

-- One line with something to see on it, in the direction of its own letters: for names.
create or replace function slipway.is_line(words text)
returns boolean language sql immutable set search_path = '' as $$
  select words !~ '[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]'
     and words ~ '[^\s\u00a0\u00ad\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200d\u202f\u205f-\u2065\u206a-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]'
$$;

-- Why something failed, as the app reads it.
create or replace function slipway.is_failure(error jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select error is null
      or jsonb_typeof(error) = 'object'
     and coalesce(jsonb_typeof(error -> 'code') = 'string', false)
     and coalesce(jsonb_typeof(error -> 'message') = 'string', false)
     and coalesce(jsonb_typeof(error -> 'fix') = 'string', false)
     and coalesce(jsonb_typeof(error -> 'detail'), 'null') in ('string', 'null')
$$;

-- How a revision gets its traffic. What a strategy does not use has its default. The app checks the
-- same; a test holds both together.
create or replace function slipway.is_release(release jsonb)
returns boolean language plpgsql immutable set search_path = '' as $$
declare
  plain constant jsonb := '{
    "strategy": "all_at_once", "steps": [10, 50], "step_minutes": 10, "minutes": 30,
    "mirror_percent": 10, "max_error_percent": 1, "max_p95_ms": null, "min_requests": 20,
    "on_silence": "wait", "on_failure": "remove"}';
  whole jsonb;
  numbers constant text[] := array[
    'step_minutes', 'minutes', 'mirror_percent', 'max_error_percent', 'min_requests'];
  used text[];
begin
  if release is null then
    return true;
  elsif jsonb_typeof(release) <> 'object'
     or exists (select from jsonb_object_keys(release) k where not plain ? k) then
    return false;
  end if;
  whole := plain || release;
  used := case whole ->> 'strategy'
    when 'all_at_once' then '{strategy}'
    when 'manual' then '{strategy}'
    when 'canary' then '{strategy, steps, step_minutes, max_error_percent, max_p95_ms,
                         min_requests, on_silence, on_failure}'
    when 'shadow' then '{strategy, minutes, mirror_percent, max_error_percent, max_p95_ms,
                         min_requests, on_silence, on_failure}' end;
  if used is null or jsonb_typeof(whole -> 'strategy') <> 'string' or whole - used <> plain - used then
    return false;
  elsif jsonb_typeof(whole -> 'steps') <> 'array'
     or jsonb_array_length(whole -> 'steps') not between 1 and 10
     or exists (select from jsonb_array_elements(whole -> 'steps') s
                 where jsonb_typeof(s.value) <> 'number' or s.value::text !~ '^[1-9]\d?$')
     or (select array_agg(s::integer order by place) <> array_agg(distinct s::integer)
           from jsonb_array_elements_text(whole -> 'steps') with ordinality as steps (s, place)) then
    return false;
  elsif exists (select from unnest(numbers) n where jsonb_typeof(whole -> n) <> 'number')
     or jsonb_typeof(whole -> 'max_p95_ms') not in ('number', 'null')
     or not slipway.is_plain(whole) then
    return false;
  end if;
  return (whole ->> 'step_minutes')::numeric > 0 and (whole ->> 'step_minutes')::numeric <= 1440
     and (whole ->> 'minutes')::numeric > 0 and (whole ->> 'minutes')::numeric <= 1440
     and whole ->> 'mirror_percent' ~ '^\d{1,2}$' and (whole ->> 'mirror_percent')::integer between 1 and 50
     and (whole ->> 'max_error_percent')::numeric between 0 and 100
     and coalesce((whole ->> 'max_p95_ms')::numeric > 0, true)
     and whole ->> 'min_requests' ~ '^\d{1,7}$' and (whole ->> 'min_requests')::integer between 1 and 1000000
     and whole -> 'on_silence' in ('"wait"', '"go_on"')
     and whole -> 'on_failure' in ('"keep"', '"remove"');
end
$$;

-- As before; which characters a value may hold does not depend on the database's locale any more.
create or replace function slipway.are_variables(variables jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select case when jsonb_typeof(variables) <> 'object' then false else (
    select count(*) <= 32
       and coalesce(sum(length(v.key) + octet_length(v.value #>> '{}')), 0) <= 8192
       and coalesce(bool_and(
             jsonb_typeof(v.value) = 'string'
             and octet_length(v.value #>> '{}') <= 2048
             and v.value #>> '{}' !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'
             and v.key ~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$'
             and v.key !~* '^((AZUREML|AML|AZURE|MSI|IDENTITY|WORKER|SLIPWAY|PYTHON|LD|GUNICORN|UVICORN|CONDA)_.*|PYTHON[A-Z0-9]*|PATH|HOME|BASH_ENV|ENV|SCORING_TIMEOUT_MS)$'),
             true)
      from jsonb_each(variables) v) end
$$;

-- What an update changes in the cloud: within the bounds of a request, since the sweeper begins it too.
create or replace function slipway.is_cloud_change(change jsonb)
returns boolean language sql immutable set search_path = '' as $$
  select jsonb_typeof(change) = 'object'
     and change - array['instance_count', 'autoscale', 'environment_variables'] = '{}'
     and coalesce(change ->> 'instance_count', '1') ~ '^([1-9]|10)$'
     and coalesce(jsonb_typeof(change -> 'instance_count'), 'number') = 'number'
     and slipway.are_variables(coalesce(nullif(change -> 'environment_variables', 'null'), '{}'))
     and slipway.is_autoscale(
           nullif(change -> 'autoscale', 'null'), (change -> 'autoscale' ->> 'max')::integer)
$$;

-- What runs or serves and was written past the API before: without what nobody can read, so that it
-- can end. Nothing that the app wrote is changed.
update public.operations o set input = '{}'
 where o.status = 'running'
   and (jsonb_typeof(o.input) <> 'object' or not slipway.is_plain(o.input)
        or (o.kind = 'update' and not slipway.is_cloud_change(o.input)));
update public.deployments d set release = '{}'
 where d.status in ('deploying', 'active', 'asleep') and not slipway.is_release(nullif(d.release, 'null'));

do $$
declare
  rule record;
begin
  for rule in
    select * from (values
      ('public.deployments', 'deployments_release_legal', 'slipway.is_release(nullif(release, ''null''))'),
      ('public.deployments', 'deployments_error_shape', 'slipway.is_failure(error)'),
      ('public.deployment_events', 'deployment_events_error_shape', 'slipway.is_failure(error)'),
      ('public.operations', 'operations_error_shape', 'slipway.is_failure(error)'),
      ('public.operations', 'operations_input_shape', 'jsonb_typeof(input) = ''object'' and slipway.is_plain(input)'),
      ('public.operations', 'operations_update_legal', 'kind <> ''update'' or slipway.is_cloud_change(input)'),
      ('public.templates', 'templates_name_line', 'slipway.is_line(name) and name is nfc normalized'),
      ('public.trained_models', 'trained_models_name_line', 'slipway.is_line(model_name)'),
      ('public.trained_models', 'trained_models_algorithm_line', 'algorithm = '''' or slipway.is_line(algorithm)')
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
end
$$;

-- What the app writes about a failure may hold a log's control characters; what a user writes may not.
create or replace function slipway.check_own_error()
returns trigger language plpgsql set search_path = '' as $$
begin
  if auth.uid() is not null and not slipway.is_plain(new.error) then
    raise check_violation using message = 'error: use no control characters, and no deep nesting';
  end if;
  return new;
end
$$;
create or replace trigger error_plain before update of error on public.deployments
  for each row when (new.error is not null) execute function slipway.check_own_error();
create or replace trigger error_plain before update of error on public.operations
  for each row when (new.error is not null) execute function slipway.check_own_error();

-- As before; a row that failed without a word gives its operation an error that can be read, too.
create or replace function slipway.end_deploy_operation()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.operations o
     set status = case when new.status = 'active' then 'succeeded' else 'failed' end,
         error = case
           when new.status in ('failed', 'asleep') then coalesce(new.error, jsonb_build_object(
             'code', coalesce(split_part(new.error_message, ':', 1), 'failed'),
             'message', coalesce(new.error_message, 'It failed.'), 'fix', ''))
           when new.status = 'deleted' then jsonb_build_object(
             'code', 'cancelled', 'message', 'The deployment was deleted while it was deploying.',
             'fix', 'Nothing to do; deploy again when you want it back.') end,
         ended_at = now()
   where o.status = 'running'
     and (o.id = new.id
          or (o.deployment_id = new.id and o.kind = 'wake')
          or (o.deployment_id = new.id and o.kind = 'roll_back' and new.status <> 'active'));
  return null;
end
$$;
