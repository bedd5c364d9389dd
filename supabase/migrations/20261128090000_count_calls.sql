-- Why: a token outlives its user: who is deleted, banned or signed out is refused at once, and
--   anonymous users unless a setting lets them in. The functions that users may call directly count
--   as requests too. What the API calls within one of its own requests has been counted already:
--   each counted request pays for one call, and at most 20 stand unused.
-- Safe online: two columns with defaults, and functions. apply_limits takes one more value, with a
--   default, so the app of the release before still runs.
-- Undo: drop function public.my_limits(), public.count_call(), slipway.enter(boolean),
--   slipway.count(uuid, integer, boolean), public.apply_limits(integer, integer, integer, boolean);
--   alter table slipway.request_counts drop column paid; alter table slipway.deployment_limits drop
--   column allow_anonymous; and apply 20261102085900, 20261102090300 and 20261127090000 again.
-- RLS: as before; the functions are for signed-in users, who reach their own rows only.

alter table slipway.request_counts add column if not exists paid integer not null default 0;
comment on column slipway.request_counts.paid is 'Calls of functions that counted requests have paid for.';
alter table slipway.deployment_limits
  add column if not exists allow_anonymous boolean not null default false;

-- The signed-in user. Definer, because users may not read the schema auth.
create or replace function slipway.caller()
returns uuid language plpgsql stable security definer set search_path = '' as $$
declare
  caller uuid := auth.uid();
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  session uuid := nullif(claims ->> 'session_id', '')::uuid;
begin
  if not exists (
       select from auth.users u
        where u.id = caller and (u.banned_until is null or u.banned_until <= now()))
     or (session is not null and not exists (
       select from auth.sessions s where s.id = session and s.user_id = caller)) then
    perform slipway.refuse('not_signed_in');
  end if;
  if claims ->> 'is_anonymous' = 'true'
     and not (select l.allow_anonymous from slipway.deployment_limits l) then
    perform slipway.refuse('anonymous_refused');
  end if;
  return caller;
end
$$;

-- A sliding minute: this minute's requests and the part of the last one's that is still within
-- sixty seconds. A refused request does not count, so that waiting always helps.
create or replace function slipway.count(caller uuid, pays integer, refusing boolean)
returns void language plpgsql set search_path = '' as $$
declare
  this_minute timestamptz := date_trunc('minute', statement_timestamp());
  elapsed numeric := extract(epoch from statement_timestamp() - this_minute);
  allowed integer := (select max_requests_per_minute from slipway.deployment_limits);
  counted slipway.request_counts;
  seconds numeric;
begin
  insert into slipway.request_counts values (caller, this_minute, 0, 0) on conflict do nothing;
  select * into counted from slipway.request_counts where user_id = caller for update;
  if counted.minute < this_minute then
    counted.requests_before := case when counted.minute = this_minute - interval '1 minute'
                                    then counted.requests else 0 end;
    counted.requests := 0;
    counted.minute := this_minute;
  end if;

  if refusing and counted.requests_before * (1 - elapsed / 60) + counted.requests + 1 > allowed then
    seconds := case
      when counted.requests < allowed
        then 60 * (1 - (allowed - counted.requests - 1)::numeric / counted.requests_before) - elapsed
      else 60 - elapsed + 60 * (1 - (allowed - 1)::numeric / counted.requests) end;
    perform slipway.refuse('too_many_requests', jsonb_build_object(
      'limit', allowed, 'retry_after', greatest(1, ceil(seconds))));
  end if;

  update slipway.request_counts
     set minute = counted.minute, requests = counted.requests + 1,
         requests_before = counted.requests_before, paid = least(counted.paid + pays, 20)
   where user_id = caller;
end
$$;

create or replace function public.count_request()
returns void language sql security definer set search_path = '' as $$
  select slipway.count(slipway.caller(), 1, true)
$$;

-- What every function that users may call begins with: the caller, whose call is counted.
-- `refusing` false: what cleans up after a request that was counted is not refused.
create or replace function slipway.enter(refusing boolean default true)
returns uuid language plpgsql set search_path = '' as $$
declare
  caller uuid := slipway.caller();
begin
  update slipway.request_counts c set paid = c.paid - 1 where c.user_id = caller and c.paid > 0;
  if not found then
    perform slipway.count(caller, 0, refusing);
  end if;
  return caller;
end
$$;

-- The same for functions that run with the caller's rights.
create or replace function public.count_call()
returns void language sql security definer set search_path = '' as $$
  select slipway.enter()
$$;

drop function if exists public.apply_limits(integer, integer, integer);
create or replace function public.apply_limits(
  max_deploying integer, max_active integer, max_requests_per_minute integer,
  allow_anonymous boolean default false)
returns void language sql security definer set search_path = '' as $$
  update slipway.deployment_limits l
     set max_deploying = apply_limits.max_deploying,
         max_active = apply_limits.max_active,
         max_requests_per_minute = apply_limits.max_requests_per_minute,
         allow_anonymous = apply_limits.allow_anonymous
   where (l.max_deploying, l.max_active, l.max_requests_per_minute, l.allow_anonymous)
      <> (apply_limits.max_deploying, apply_limits.max_active, apply_limits.max_requests_per_minute,
          apply_limits.allow_anonymous)
$$;

-- The caller's limits, and what is used of them.
create or replace function public.my_limits()
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  return (
    select jsonb_build_object(
             'max_deploying', l.max_deploying, 'max_active', l.max_active,
             'max_requests_per_minute', l.max_requests_per_minute,
             'deploying', d.deploying, 'active', d.active,
             'requests', coalesce((
               select case c.minute
                        when date_trunc('minute', statement_timestamp()) then c.requests else 0 end
                 from slipway.request_counts c where c.user_id = caller), 0))
      from slipway.deployment_limits l,
           (select count(*) filter (where d.status = 'deploying') as deploying,
                   count(*) filter (where d.status = 'active') as active
              from public.deployments d
             where d.user_id = caller and d.status in ('deploying', 'active')) d);
end
$$;

-- As before, but for the first line: each counts its call.
create or replace function public.abandon_deployment(deployment_id uuid, error jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter(refusing => false);
begin
  with abandoned as (
    update public.deployments d
       set status = 'failed', error = abandon_deployment.error,
           error_message = left(slipway.error_text(abandon_deployment.error), 1000)
     where d.id = deployment_id and d.user_id = caller and d.status = 'deploying'
       and not exists (select from public.deployment_events e where e.deployment_id = d.id)
    returning d.id, d.user_id, d.error, d.error_message
  ), freed as (
    delete from slipway.idempotency_keys k using abandoned a where k.deployment_id = a.id
  )
  insert into public.deployment_events (deployment_id, operation_id, user_id, phase, status, message, error)
  select a.id, (select o.id from public.operations o where o.id = a.id), a.user_id,
         'initiate', 'failed', a.error_message, a.error
    from abandoned a;
end
$$;

create or replace function public.abandon_operation(operation_id uuid, error jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter(refusing => false);
begin
  update public.operations o
     set status = 'failed', error = abandon_operation.error, ended_at = now()
   where o.id = operation_id and o.user_id = caller and o.status = 'running'
     and o.kind = 'rotate_keys'
     and not exists (select from public.deployment_events e where e.operation_id = o.id);
end
$$;

create or replace function public.request_deletion(deployment_id uuid)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  found_row public.deployments;
  operation uuid;
begin
  select d.* into found_row from public.deployments d
   where d.id = deployment_id and d.user_id = caller and d.status <> 'deleted'
     for update;
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  update public.deployments d set status = 'deleted' where d.id = deployment_id;
  if found_row.status <> 'deploying' then
    insert into public.operations (user_id, kind, endpoint_name, deployment_id, requested_by)
    values (found_row.user_id, 'delete', lower(found_row.endpoint_name), found_row.id, found_row.user_id)
    returning id into operation;
  end if;
  return jsonb_build_object('status', found_row.status, 'operation_id', operation);
end
$$;

create or replace function public.request_operation(deployment_id uuid, kind text)
returns uuid language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  found_row public.deployments;
  operation uuid;
begin
  if kind <> 'rotate_keys' then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', array['kind']));
  end if;
  select d.* into found_row from public.deployments d
   where d.id = deployment_id and d.user_id = caller and d.status <> 'deleted';
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  elsif found_row.status <> 'active' then
    perform slipway.refuse('not_active', jsonb_build_object('status', found_row.status));
  end if;
  insert into public.operations as o (user_id, kind, endpoint_name, deployment_id, requested_by)
  values (found_row.user_id, request_operation.kind, lower(found_row.endpoint_name), found_row.id, found_row.user_id)
  on conflict do nothing returning o.id into operation;
  if operation is null then
    perform slipway.refuse('rotation_running', jsonb_build_object('endpoint_name', found_row.endpoint_name));
  end if;
  return operation;
end
$$;

create or replace function public.request_deployment(
  deployment_id uuid,
  spec jsonb,
  idempotency_key text default null,
  body_hash text default null,
  retry_of uuid default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  key_lifetime interval := interval '24 hours';
  limits slipway.deployment_limits;
  first slipway.idempotency_keys;
  asked public.deployments;
  unknown text[];
  deploying integer;
  active integer;
  violated text;
begin
  select array_agg(k) into unknown from jsonb_object_keys(spec) k where k <> all (slipway.spec_fields());
  if unknown is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', unknown));
  end if;
  -- One request of a user at a time: counting and inserting are one step.
  perform pg_advisory_xact_lock(hashtextextended('slipway.user/' || caller, 0));

  if idempotency_key is not null then
    delete from slipway.idempotency_keys k
     where k.ctid in (
       select old.ctid from slipway.idempotency_keys old
        where old.created_at < now() - key_lifetime limit 100 for update skip locked);
    select * into first from slipway.idempotency_keys k
     where k.user_id = caller and k.key = idempotency_key and k.created_at >= now() - key_lifetime;
    if found then
      if first.body_hash is distinct from request_deployment.body_hash then
        perform slipway.refuse('idempotency_key_reused',
          jsonb_build_object('deployment_id', first.deployment_id));
      end if;
      return jsonb_build_object('replayed', true, 'project', public.project_id(), 'deployment', (
        select to_jsonb(v) from public.deployment_rows v where v.id = first.deployment_id));
    end if;
  end if;

  select * into limits from slipway.deployment_limits;
  select count(*) filter (where d.status = 'deploying'), count(*) filter (where d.status = 'active')
    into deploying, active
    from public.deployments d where d.user_id = caller and d.status in ('deploying', 'active');
  if deploying >= limits.max_deploying then
    perform slipway.refuse('too_many_deploying',
      jsonb_build_object('limit', limits.max_deploying, 'count', deploying));
  elsif active + deploying >= limits.max_active then
    -- Those in flight are about to be active.
    perform slipway.refuse('too_many_active',
      jsonb_build_object('limit', limits.max_active, 'count', active, 'deploying', deploying));
  end if;

  asked := jsonb_populate_record(null::public.deployments, spec || jsonb_build_object(
    'id', request_deployment.deployment_id, 'user_id', caller, 'status', 'deploying',
    'endpoint_name', lower(spec ->> 'endpoint_name'), 'created_at', now(), 'updated_at', now()));
  -- Two users at once want one name: the second waits here, instead of in a deadlock.
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || asked.endpoint_name, 0));
  begin
    insert into public.deployments select asked.*;
  exception
    when foreign_key_violation then
      perform slipway.refuse('model_not_found', jsonb_build_object('model_id', asked.model_id));
    when exclusion_violation then
      perform slipway.refuse('endpoint_name_taken', jsonb_build_object('name', spec ->> 'endpoint_name'));
    when unique_violation then
      get stacked diagnostics violated = constraint_name;
      if violated = 'deployments_pkey' then
        perform slipway.refuse('deployment_id_taken', jsonb_build_object('deployment_id', asked.id));
      end if;
      perform slipway.refuse('deployment_name_taken', jsonb_build_object(
        'name', asked.deployment_name, 'endpoint_name', spec ->> 'endpoint_name'));
  end;
  perform slipway.keep_endpoint(asked.endpoint_name, caller);
  insert into public.operations (id, user_id, kind, endpoint_name, deployment_id, parent_id, input, requested_by)
  select asked.id, caller, 'deploy', asked.endpoint_name, asked.id,
         (select o.id from public.operations o where o.id = retry_of and o.user_id = caller), spec, caller;

  if idempotency_key is not null then
    insert into slipway.idempotency_keys as k (user_id, key, body_hash, deployment_id)
    values (caller, idempotency_key, request_deployment.body_hash, asked.id)
    on conflict (user_id, key) do update
      set body_hash = excluded.body_hash, deployment_id = excluded.deployment_id, created_at = now();
  end if;
  return jsonb_build_object('replayed', false, 'project', public.project_id(), 'deployment', (
    select to_jsonb(v) from public.deployment_rows v where v.id = asked.id));
end
$$;

revoke all on function public.count_request(), public.count_call(), public.my_limits()
  from public, anon, authenticated, service_role;
grant execute on function public.count_request(), public.count_call(), public.my_limits()
  to authenticated;
revoke all on function public.apply_limits(integer, integer, integer, boolean)
  from public, anon, authenticated;
grant execute on function public.apply_limits(integer, integer, integer, boolean) to service_role;
