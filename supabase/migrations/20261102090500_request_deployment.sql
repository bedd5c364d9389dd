-- Why: a request becomes exactly one row or one clear refusal, however often and however
--   concurrently it arrives: idempotency key, limits, the model's owner, the endpoint name's owner.
-- Safe online: new table and functions.
-- Undo: drop function public.request_deployment(uuid, uuid, text, text, text, text, integer, text, text),
--   public.abandon_deployment(uuid, text), public.delete_deployment(uuid);
--   drop table slipway.idempotency_keys.
-- RLS: no policy on idempotency_keys on purpose: request_deployment alone reads and writes it.
--   The functions are for signed-in users, who reach their own deployments only.

create table if not exists slipway.idempotency_keys (
  user_id uuid not null references auth.users (id) on delete cascade,
  key text not null constraint idempotency_keys_length check (char_length(key) between 1 and 255),
  body_hash text not null,
  deployment_id uuid not null references public.deployments (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index if not exists idempotency_keys_oldest on slipway.idempotency_keys (created_at);
create index if not exists idempotency_keys_of_deployment on slipway.idempotency_keys (deployment_id);
alter table slipway.idempotency_keys enable row level security;
revoke all on table slipway.idempotency_keys from public, anon, authenticated, service_role;

-- Refuses with too_many_deploying, too_many_active, model_not_found, endpoint_name_taken,
-- deployment_name_taken, deployment_id_taken, idempotency_key_reused.
create or replace function public.request_deployment(
  id uuid,
  model_id uuid,
  deployment_name text,
  endpoint_name text,
  description text,
  instance_type text,
  instance_count integer,
  idempotency_key text default null,
  body_hash text default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.caller();
  key_lifetime interval := interval '24 hours';
  limits slipway.deployment_limits;
  first slipway.idempotency_keys;
  deploying integer;
  active integer;
  violated text;
begin
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
        select to_jsonb(v) from public.deployment_details v where v.id = first.deployment_id));
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

  -- Two users at once want one name: the second waits here, instead of in a deadlock.
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || lower(endpoint_name), 0));
  begin
    insert into public.deployments (
      id, user_id, model_id, deployment_name, endpoint_name, description, instance_type, instance_count)
    values (
      request_deployment.id, caller, request_deployment.model_id, request_deployment.deployment_name,
      lower(request_deployment.endpoint_name), request_deployment.description,
      request_deployment.instance_type, request_deployment.instance_count);
  exception
    when foreign_key_violation then
      perform slipway.refuse('model_not_found',
        jsonb_build_object('model_id', request_deployment.model_id));
    when exclusion_violation then
      perform slipway.refuse('endpoint_name_taken',
        jsonb_build_object('name', request_deployment.endpoint_name));
    when unique_violation then
      get stacked diagnostics violated = constraint_name;
      if violated = 'deployments_pkey' then
        perform slipway.refuse('deployment_id_taken',
          jsonb_build_object('deployment_id', request_deployment.id));
      end if;
      perform slipway.refuse('deployment_name_taken', jsonb_build_object(
        'name', request_deployment.deployment_name,
        'endpoint_name', request_deployment.endpoint_name));
  end;

  if idempotency_key is not null then
    insert into slipway.idempotency_keys as k (user_id, key, body_hash, deployment_id)
    values (caller, idempotency_key, request_deployment.body_hash, request_deployment.id)
    on conflict (user_id, key) do update
      set body_hash = excluded.body_hash, deployment_id = excluded.deployment_id, created_at = now();
  end if;
  return jsonb_build_object('replayed', false, 'project', public.project_id(), 'deployment', (
    select to_jsonb(v) from public.deployment_details v where v.id = request_deployment.id));
end
$$;

-- The orchestration could not be started; the request's key is free for another try. Nothing
-- happens to a deployment that has begun.
create or replace function public.abandon_deployment(deployment_id uuid, message text)
returns void language sql security definer set search_path = '' as $$
  with abandoned as (
    update public.deployments d
       set status = 'failed', error_message = left(message, 1000)
     where d.id = deployment_id and d.user_id = slipway.caller() and d.status = 'deploying'
       and not exists (select from public.deployment_events e where e.deployment_id = d.id)
    returning d.id, d.user_id, d.error_message
  ), freed as (
    delete from slipway.idempotency_keys k using abandoned a where k.deployment_id = a.id
  )
  insert into public.deployment_events (deployment_id, user_id, phase, status, message)
  select a.id, a.user_id, 'initiate', 'failed', a.error_message from abandoned a
$$;

-- The status it had. What runs in the cloud is torn down by the app.
create or replace function public.delete_deployment(deployment_id uuid)
returns text language plpgsql security definer set search_path = '' as $$
declare
  previous text;
begin
  select d.status into previous
    from public.deployments d
   where d.id = deployment_id and d.user_id = slipway.caller() and d.status <> 'deleted'
     for update;
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  update public.deployments d set status = 'deleted' where d.id = deployment_id;
  return previous;
end
$$;

revoke all on function
  public.request_deployment(uuid, uuid, text, text, text, text, integer, text, text),
  public.abandon_deployment(uuid, text),
  public.delete_deployment(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.request_deployment(uuid, uuid, text, text, text, text, integer, text, text),
  public.abandon_deployment(uuid, text),
  public.delete_deployment(uuid)
  to authenticated;
