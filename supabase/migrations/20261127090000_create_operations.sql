-- Why: whatever happens to a deployment or an endpoint and takes time is an operation: one row, whose
--   id is its orchestration's. Endpoints are rows: name, owner, traffic as last seen. A request's
--   specification is one value, and a failure is one too, {code, message, fix, detail}.
-- Safe online: new tables and columns; the backfill reads deployments once and writes a narrow row
--   for each. request_deployment, abandon_deployment and record_event change what they take, so the
--   app of the same release goes with them.
-- Undo: drop function public.request_deletion(uuid), public.request_operation(uuid, text),
--   public.abandon_operation(uuid, jsonb),
--   public.begin_operation(uuid, text, text, uuid),
--   public.end_operation(uuid, text, jsonb), public.running_operations(), public.record_traffic(text, jsonb);
--   drop view public.deployment_rows; drop
--   table public.operations, public.endpoints; alter table public.deployments drop column error;
--   alter table public.deployment_events drop column operation_id, drop column error; and apply
--   20261102090200, 20261102090400, 20261102090500 and 20261102090550 again.
-- RLS: owners read. Rows are written by the functions below alone.

create table if not exists public.endpoints (
  name text primary key constraint endpoints_name_lower check (name = lower(name)),
  user_id uuid not null references auth.users (id) on delete cascade,
  target text not null default 'azureml',
  traffic jsonb not null default '{}'
    constraint endpoints_traffic_object check (jsonb_typeof(traffic) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on column public.endpoints.traffic is 'Deployment to percentage, as last seen in the cloud.';
create index if not exists endpoints_of_user on public.endpoints (user_id, name);

create table if not exists public.operations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete cascade,
  kind text not null constraint operations_kind_known check (kind in ('deploy', 'delete', 'rotate_keys')),
  endpoint_name text not null,
  deployment_id uuid references public.deployments (id) on delete cascade,
  parent_id uuid references public.operations (id) on delete set null,
  status text not null default 'running'
    constraint operations_status_known check (status in ('running', 'succeeded', 'failed')),
  input jsonb not null default '{}' constraint operations_input_size check (octet_length(input::text) <= 16384),
  error jsonb constraint operations_error_size check (octet_length(error::text) <= 32768),
  requested_by uuid,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint operations_ended_has_time check ((status = 'running') = (ended_at is null))
);
comment on column public.operations.requested_by is 'The user; null where Slipway itself saw the need.';
create index if not exists operations_of_deployment on public.operations (deployment_id, started_at);
create index if not exists operations_of_user on public.operations (user_id);
create index if not exists operations_of_parent on public.operations (parent_id);
create index if not exists operations_running on public.operations (started_at, id) where status = 'running';
create unique index if not exists operations_one_rotation
  on public.operations (endpoint_name) where status = 'running' and kind = 'rotate_keys';

alter table public.endpoints enable row level security;
alter table public.operations enable row level security;
drop policy if exists "Owners read their endpoints" on public.endpoints;
create policy "Owners read their endpoints" on public.endpoints
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Owners read their operations" on public.operations;
create policy "Owners read their operations" on public.operations
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on table public.endpoints, public.operations from public, anon, authenticated, service_role;
grant select on table public.endpoints, public.operations to authenticated, service_role;

-- Failures as values; the text in error_message stays for older clients.
alter table public.deployments add column if not exists error jsonb
  constraint deployments_error_size check (octet_length(error::text) <= 32768);
alter table public.deployment_events
  add column if not exists operation_id uuid references public.operations (id) on delete cascade,
  add column if not exists error jsonb
    constraint deployment_events_error_size check (octet_length(error::text) <= 32768);
create index if not exists deployment_events_of_operation on public.deployment_events (operation_id, id);
drop index if exists public.deployment_events_once;
create unique index if not exists deployment_events_once
  on public.deployment_events (
    deployment_id, coalesce(operation_id, deployment_id), phase, status, md5(message))
  where status in ('started', 'succeeded', 'failed');

-- What there is already: every deployment was deployed by an operation of its own id.
insert into public.operations (id, user_id, kind, endpoint_name, deployment_id, status, requested_by, started_at, ended_at)
select d.id, d.user_id, 'deploy', lower(d.endpoint_name), d.id,
       case when d.status = 'deploying' then 'running'
            when d.status = 'failed' or d.deployed_at is null then 'failed' else 'succeeded' end,
       d.user_id, d.created_at,
       case when d.status <> 'deploying' then coalesce(d.deployed_at, d.updated_at) end
  from public.deployments d
on conflict (id) do nothing;
insert into public.endpoints (name, user_id, created_at)
select distinct on (lower(d.endpoint_name)) lower(d.endpoint_name), d.user_id, d.created_at
  from public.deployments d where d.status <> 'deleted'
 order by lower(d.endpoint_name), d.created_at
on conflict (name) do nothing;

-- Beside deployment_details, whose columns are those of older clients: with the failure as a value.
drop view if exists public.deployment_rows;
create view public.deployment_rows with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       (select jsonb_build_object('model_name', m.model_name, 'algorithm', m.algorithm)
          from public.trained_models m
         where m.id = d.model_id and m.user_id = d.user_id) as trained_models,
       d.error
  from public.deployments d;

-- The fields of a specification: columns of deployments that a user may ask for.
create or replace function slipway.spec_fields()
returns text[] language sql immutable set search_path = '' as $$
  select array['model_id', 'deployment_name', 'endpoint_name', 'description', 'instance_type', 'instance_count']
$$;

-- Refuses with too_many_deploying, too_many_active, model_not_found, endpoint_name_taken,
-- deployment_name_taken, deployment_id_taken, idempotency_key_reused, unknown_fields. The row and the
-- operation that deploys it, which has the same id, are one transaction.
drop function if exists public.request_deployment(uuid, uuid, text, text, text, text, integer, text, text);
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

-- A name that its last owner has left goes to the next one, with no traffic yet.
create or replace function slipway.keep_endpoint(endpoint_name text, owner uuid)
returns void language sql set search_path = '' as $$
  insert into public.endpoints as e (name, user_id) values (endpoint_name, owner)
  on conflict (name) do update
    set user_id = excluded.user_id, traffic = '{}', created_at = now(), updated_at = now()
  where e.user_id <> excluded.user_id
$$;

create or replace function slipway.error_text(error jsonb)
returns text language sql immutable set search_path = '' as $$
  select format('%s: %s %s', error ->> 'code', error ->> 'message', error ->> 'fix')
$$;

-- The orchestration could not be started; the request's key is free for another try. Nothing
-- happens to a deployment that has begun.
drop function if exists public.abandon_deployment(uuid, text);
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

-- Soft delete: the status that it had, and the operation that tears it down; none for one in flight,
-- which stops by itself.
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

-- As older clients know it: the status alone.
create or replace function public.delete_deployment(deployment_id uuid)
returns text language sql security invoker set search_path = '' as $$
  select public.request_deletion(deployment_id) ->> 'status'
$$;

-- An operation on an active deployment of the caller's; its id. Refuses with deployment_not_found,
-- not_active, rotation_running.
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

-- Its orchestration could not be started: the operation has failed, and may be asked for again.
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

-- The sweeper's own: what it tears down may have lost its deployment, even its user.
create or replace function public.begin_operation(
  user_id uuid, kind text, endpoint_name text, deployment_id uuid)
returns uuid language sql security definer set search_path = '' as $$
  insert into public.operations (user_id, kind, endpoint_name, deployment_id)
  values ((select u.id from auth.users u where u.id = begin_operation.user_id), begin_operation.kind,
          lower(begin_operation.endpoint_name),
          (select d.id from public.deployments d where d.id = begin_operation.deployment_id))
  returning id
$$;

-- Ends once; a second end changes nothing.
create or replace function public.end_operation(operation_id uuid, to_status text, error jsonb default null)
returns boolean language plpgsql security definer set search_path = '' as $$
begin
  update public.operations o
     set status = to_status, error = end_operation.error, ended_at = now()
   where o.id = operation_id and o.status = 'running';
  return found;
end
$$;

create or replace function public.running_operations()
returns setof public.operations language sql stable security definer set search_path = '' as $$
  select o.* from public.operations o where o.status = 'running' order by o.started_at, o.id
$$;

create or replace function public.record_traffic(endpoint_name text, traffic jsonb)
returns void language sql security definer set search_path = '' as $$
  update public.endpoints e set traffic = record_traffic.traffic, updated_at = now()
   where e.name = lower(endpoint_name) and e.traffic <> record_traffic.traffic
$$;

-- A deployment's operation ends with it, whatever moved it.
create or replace function slipway.end_deploy_operation()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.operations o
     set status = case when new.status = 'active' then 'succeeded' else 'failed' end,
         error = case
           when new.status = 'failed' then coalesce(new.error, jsonb_build_object(
             'code', split_part(new.error_message, ':', 1), 'message', new.error_message, 'fix', ''))
           when new.status = 'deleted' then jsonb_build_object(
             'code', 'cancelled', 'message', 'The deployment was deleted while it was deploying.',
             'fix', 'Nothing to do; deploy again when you want it back.') end,
         ended_at = now()
   where o.id = new.id and o.status = 'running';
  return null;
end
$$;
create or replace trigger deployments_end_their_operation
  after update of status on public.deployments
  for each row when (old.status = 'deploying' and new.status <> 'deploying')
  execute function slipway.end_deploy_operation();

create or replace function public.move_deployment(
  deployment_id uuid, to_status text, fields jsonb default '{}')
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  foreign_fields text[] := (
    select array_agg(k) from jsonb_object_keys(fields) k
     where k not in ('azure_model_name', 'azure_model_version', 'scoring_uri', 'swagger_uri',
                     'error_message', 'error', 'deployed_at'));
begin
  if foreign_fields is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', foreign_fields));
  end if;
  update public.deployments d
     set status = to_status,
         (azure_model_name, azure_model_version, scoring_uri, swagger_uri, error_message, error, deployed_at) = (
           select f.azure_model_name, f.azure_model_version, f.scoring_uri, f.swagger_uri,
                  f.error_message, f.error, f.deployed_at
             from jsonb_populate_record(d, fields) f)
   where d.id = deployment_id and slipway.may_move(d.status, to_status);
  return found;
end
$$;

create or replace function public.rename_endpoint(deployment_id uuid, endpoint_name text)
returns void language plpgsql security definer set search_path = '' as $$
declare
  owner uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || lower(endpoint_name), 0));
  update public.deployments d set endpoint_name = rename_endpoint.endpoint_name
   where d.id = deployment_id and d.status = 'deploying' returning d.user_id into owner;
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  perform slipway.keep_endpoint(lower(rename_endpoint.endpoint_name), owner);
  update public.operations o set endpoint_name = lower(rename_endpoint.endpoint_name)
   where o.id = rename_endpoint.deployment_id;
exception
  when exclusion_violation or unique_violation then
    perform slipway.refuse('endpoint_name_taken', jsonb_build_object('name', endpoint_name));
end
$$;

drop function if exists public.record_event(uuid, text, text, text, text);
create or replace function public.record_event(
  deployment_id uuid, phase text, status text, message text, detail text default null,
  error jsonb default null, operation_id uuid default null)
returns void language plpgsql security definer set search_path = '' as $$
begin
  insert into public.deployment_events as e (
    deployment_id, user_id, phase, status, message, detail, error, operation_id)
  select d.id, d.user_id, record_event.phase, record_event.status, record_event.message,
         record_event.detail, record_event.error,
         (select o.id from public.operations o where o.id = record_event.operation_id)
    from public.deployments d where d.id = record_event.deployment_id
  on conflict do nothing;
  if not found and not exists (
    select from public.deployments d where d.id = record_event.deployment_id) then
    perform slipway.refuse(
      'deployment_not_found', jsonb_build_object('deployment_id', record_event.deployment_id));
  end if;
end
$$;

revoke all on table public.deployment_rows from public, anon, authenticated, service_role;
grant select on table public.deployment_rows to authenticated, service_role;
revoke all on function
  public.request_deployment(uuid, jsonb, text, text, uuid),
  public.abandon_deployment(uuid, jsonb),
  public.request_deletion(uuid),
  public.request_operation(uuid, text),
  public.abandon_operation(uuid, jsonb),
  public.begin_operation(uuid, text, text, uuid),
  public.end_operation(uuid, text, jsonb),
  public.running_operations(),
  public.record_traffic(text, jsonb),
  public.record_event(uuid, text, text, text, text, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.request_deployment(uuid, jsonb, text, text, uuid),
  public.abandon_deployment(uuid, jsonb),
  public.request_deletion(uuid),
  public.request_operation(uuid, text),
  public.abandon_operation(uuid, jsonb)
  to authenticated;
grant execute on function
  public.begin_operation(uuid, text, text, uuid),
  public.end_operation(uuid, text, jsonb),
  public.running_operations(),
  public.record_traffic(text, jsonb),
  public.record_event(uuid, text, text, text, text, jsonb, uuid)
  to service_role;
