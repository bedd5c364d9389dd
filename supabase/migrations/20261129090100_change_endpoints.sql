-- Why: traffic is moved, deployments sleep and wake, an endpoint is rolled back: each is an operation,
--   and one of them at a time runs on an endpoint. Who served when is kept.
-- Safe online: new table, functions, a wider constraint. record_traffic takes more than it
--   did, so the app of the same release goes with it.
-- Undo: drop function public.record_traffic(text, jsonb, jsonb, uuid), public.request_change(text, uuid,
--   jsonb, bigint), public.begin_due(), public.living_of(uuid[]), public.list_endpoints(text, integer, text),
--   public.endpoint_detail(text), slipway.share(jsonb, text), slipway.begin_change(text, public.deployments,
--   jsonb, uuid), slipway.require_room(uuid, integer), slipway.endpoint_summary(public.endpoints); drop table public.traffic_moves; and
--   apply 20261127090000 again.
-- RLS: owners read; rows are written by the functions below alone.

alter table public.operations drop constraint if exists operations_kind_known;
alter table public.operations add constraint operations_kind_known check (kind in (
  'deploy', 'delete', 'rotate_keys', 'change_traffic', 'roll_back', 'sleep', 'wake', 'update', 'batch')) not valid;
alter table public.operations validate constraint operations_kind_known;
create index if not exists operations_running_on
  on public.operations (endpoint_name) where status = 'running';

create table if not exists public.traffic_moves (
  id bigint generated always as identity primary key,
  endpoint_name text not null references public.endpoints (name) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  traffic jsonb not null constraint traffic_moves_traffic_size check (octet_length(traffic::text) <= 4096),
  mirror jsonb not null constraint traffic_moves_mirror_size check (octet_length(mirror::text) <= 4096),
  operation_id uuid,
  at timestamptz not null default now()
);
comment on column public.traffic_moves.operation_id is 'What moved it; null where it was moved outside Slipway.';
create index if not exists traffic_moves_of_endpoint on public.traffic_moves (endpoint_name, id desc);
create index if not exists traffic_moves_of_user on public.traffic_moves (user_id);
alter table public.traffic_moves enable row level security;
drop policy if exists "Owners read their traffic moves" on public.traffic_moves;
create policy "Owners read their traffic moves" on public.traffic_moves
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on table public.traffic_moves from public, anon, authenticated, service_role;
revoke all on sequence public.traffic_moves_id_seq from public, anon, authenticated, service_role;
grant select on table public.traffic_moves to authenticated, service_role;

-- The percentage of this deployment. A cloud writes names as it likes; they know no case.
create or replace function slipway.share(traffic jsonb, deployment_name text)
returns integer language sql immutable set search_path = '' as $$
  select coalesce(sum(t.value::integer), 0)::integer
    from jsonb_each_text(traffic) t where lower(t.key) = lower(deployment_name)
$$;

-- Traffic and mirror as they were last seen in the cloud. A change is kept as a move; what serves
-- again does not go to sleep, and what another one has replaced does, when that one says so.
drop function if exists public.record_traffic(text, jsonb);
create or replace function public.record_traffic(
  endpoint_name text, traffic jsonb, mirror jsonb default '{}', operation_id uuid default null)
returns void language plpgsql security definer set search_path = '' as $$
declare
  before public.endpoints;
  winner public.deployments;
begin
  select e.* into before from public.endpoints e where e.name = lower(record_traffic.endpoint_name) for update;
  if not found or (before.traffic = record_traffic.traffic and before.mirror = record_traffic.mirror) then
    return;
  end if;
  update public.endpoints e
     set traffic = record_traffic.traffic, mirror = record_traffic.mirror, version = e.version + 1, updated_at = now()
   where e.name = before.name;
  insert into public.traffic_moves (endpoint_name, user_id, traffic, mirror, operation_id)
  values (before.name, before.user_id, record_traffic.traffic, record_traffic.mirror, record_traffic.operation_id);

  update public.deployments d set sleeps_at = null
   where lower(d.endpoint_name) = before.name and d.status = 'active' and d.sleeps_at is not null
     and slipway.share(record_traffic.traffic, d.deployment_name)
       + slipway.share(record_traffic.mirror, d.deployment_name) > 0;
  select d.* into winner from public.deployments d
   where lower(d.endpoint_name) = before.name and d.status in ('deploying', 'active')
     and slipway.share(record_traffic.traffic, d.deployment_name) = 100;
  update public.deployments d set sleeps_at = now() + make_interval(mins => winner.keep_previous_minutes)
   where lower(d.endpoint_name) = before.name and d.status = 'active' and d.id <> winner.id
     and winner.keep_previous_minutes is not null
     and slipway.share(before.traffic, d.deployment_name) > 0
     and slipway.share(record_traffic.mirror, d.deployment_name) = 0;
end
$$;

-- Refuses with too_many_deploying and too_many_active where so many more would be too many. Waking is
-- deploying again.
create or replace function slipway.require_room(caller uuid, asked integer default 1)
returns void language plpgsql set search_path = '' as $$
declare
  limits slipway.deployment_limits;
  deploying integer;
  active integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('slipway.user/' || caller, 0));
  select * into limits from slipway.deployment_limits;
  select count(*) filter (where d.status = 'deploying'), count(*) filter (where d.status = 'active')
    into deploying, active
    from public.deployments d where d.user_id = caller and d.status in ('deploying', 'active');
  if deploying + asked > limits.max_deploying then
    perform slipway.refuse('too_many_deploying', jsonb_build_object(
      'limit', limits.max_deploying, 'count', deploying, 'asked', asked));
  elsif active + deploying + asked > limits.max_active then
    perform slipway.refuse('too_many_active', jsonb_build_object(
      'limit', limits.max_active, 'count', active, 'deploying', deploying, 'asked', asked));
  end if;
end
$$;

-- The operation, with the row's move that goes with it: one transaction.
create or replace function slipway.begin_change(
  kind text, of_row public.deployments, input jsonb, requested_by uuid)
returns uuid language plpgsql set search_path = '' as $$
declare
  operation uuid;
begin
  update public.deployments d
     set status = case when begin_change.kind = 'sleep' then 'asleep' else 'deploying' end,
         error = null, error_message = null
   where d.id = of_row.id
     and (begin_change.kind in ('sleep', 'wake') or (begin_change.kind = 'roll_back' and of_row.status = 'asleep'));
  insert into public.operations (user_id, kind, endpoint_name, deployment_id, input, requested_by)
  values (of_row.user_id, begin_change.kind, lower(of_row.endpoint_name), of_row.id, begin_change.input,
          begin_change.requested_by)
  returning id into operation;
  return operation;
end
$$;

-- Changes an endpoint through one of the caller's deployments on it: the one that sleeps, wakes, is
-- rolled back to, is updated, or leads the traffic. `seen` is the endpoint's version that the caller
-- knows. The same rollback again is the one that runs. Refuses with deployment_not_found, not_active,
-- not_asleep, operation_running, release_running, traffic_changed, too_many_deploying, too_many_active.
create or replace function public.request_change(
  kind text, deployment_id uuid, input jsonb default '{}', seen bigint default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  of_row public.deployments;
  endpoint public.endpoints;
  running public.operations;
  released public.deployments;
begin
  if kind not in ('change_traffic', 'roll_back', 'sleep', 'wake', 'update') then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', array['kind']));
  end if;
  select d.* into of_row from public.deployments d
   where d.id = request_change.deployment_id and d.user_id = caller and d.status <> 'deleted';
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || lower(of_row.endpoint_name), 0));
  select d.* into of_row from public.deployments d where d.id = request_change.deployment_id for update;
  select o.* into running from public.operations o
   where o.endpoint_name = lower(of_row.endpoint_name) and o.status = 'running'
     and (o.kind in ('change_traffic', 'roll_back', 'update')
          or (o.kind in ('sleep', 'wake') and o.deployment_id = of_row.id))
   order by o.started_at limit 1;
  if running.kind = 'roll_back' and kind = 'roll_back' and running.deployment_id = of_row.id then
    return jsonb_build_object('id', running.id, 'project', public.project_id(), 'input', running.input, 'replayed', true);
  elsif running.id is not null then
    perform slipway.refuse('operation_running',
      jsonb_build_object('operation_id', running.id, 'kind', running.kind));
  end if;
  if kind = 'wake' and of_row.status <> 'asleep' then
    perform slipway.refuse('not_asleep', jsonb_build_object('status', of_row.status));
  elsif kind in ('sleep', 'update', 'change_traffic') and of_row.status <> 'active'
     or kind = 'roll_back' and of_row.status not in ('active', 'asleep') then
    perform slipway.refuse('not_active', jsonb_build_object('status', of_row.status));
  end if;
  if kind <> 'wake' then
    select d.* into released from public.deployments d
     where lower(d.endpoint_name) = lower(of_row.endpoint_name) and d.status = 'deploying'
       and d.release ->> 'strategy' in ('canary', 'shadow') limit 1;
    if found then
      perform slipway.refuse('release_running',
        jsonb_build_object('deployment_id', released.id, 'deployment_name', released.deployment_name));
    end if;
  end if;
  if kind in ('change_traffic', 'roll_back') then
    select e.* into endpoint from public.endpoints e where e.name = lower(of_row.endpoint_name);
    if seen <> endpoint.version then
      perform slipway.refuse('traffic_changed', jsonb_build_object(
        'traffic', endpoint.traffic, 'mirror', endpoint.mirror));
    end if;
  end if;
  if of_row.status = 'asleep' then
    perform slipway.require_room(caller);
  end if;
  if kind = 'roll_back' then
    input := input || jsonb_build_object('asleep', of_row.status = 'asleep');
  end if;
  return jsonb_build_object(
    'id', slipway.begin_change(kind, of_row, input, caller),
    'project', public.project_id(), 'input', input, 'replayed', false);
end
$$;

-- Its orchestration could not be started: the operation has failed, and may be asked for again.
create or replace function public.abandon_operation(operation_id uuid, error jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter(refusing => false);
  abandoned public.operations;
begin
  update public.operations o
     set status = 'failed', error = abandon_operation.error, ended_at = now()
   where o.id = operation_id and o.user_id = caller and o.status = 'running'
     and o.kind not in ('deploy', 'delete', 'sleep')
     and not exists (select from public.deployment_events e where e.operation_id = o.id)
  returning o.* into abandoned;
  if abandoned.kind in ('wake', 'roll_back') then
    update public.deployments d set status = 'asleep'
     where d.id = abandoned.deployment_id and d.status = 'deploying';
  end if;
end
$$;

-- What is due: the deployments that expire or were replaced go to sleep or go away. Their operations,
-- whose orchestrations the caller starts; at most 50 at a time.
create or replace function public.begin_due()
returns setof public.operations language plpgsql security definer set search_path = '' as $$
declare
  due public.deployments;
  expired boolean;
  operation uuid;
begin
  for due in
    select d.* from public.deployments d
     where d.status = 'active' and least(d.expires_at, d.sleeps_at) <= now()
     order by least(d.expires_at, d.sleeps_at) limit 50
       for update skip locked
  loop
    continue when exists (
      select from public.operations o
       where o.endpoint_name = lower(due.endpoint_name) and o.status = 'running'
         and o.kind in ('change_traffic', 'roll_back', 'update', 'sleep', 'wake'));
    expired := coalesce(due.expires_at <= now(), false);
    insert into public.deployment_events (deployment_id, user_id, phase, status, message)
    values (due.id, due.user_id, case when expired then 'expire' else 'replaced' end, 'note',
            case when not expired then 'Another revision has replaced it: it goes to sleep and costs nothing.'
                 when due.on_expiry = 'delete' then 'Its time is over: it is deleted, as asked.'
                 else 'Its time is over: it goes to sleep, as asked.' end);
    if expired and due.on_expiry = 'delete' then
      update public.deployments d set status = 'deleted' where d.id = due.id;
      insert into public.operations (user_id, kind, endpoint_name, deployment_id)
      values (due.user_id, 'delete', lower(due.endpoint_name), due.id) returning id into operation;
    else
      operation := slipway.begin_change('sleep', due, '{}', null);
    end if;
    return query select o.* from public.operations o where o.id = operation;
  end loop;
end
$$;

-- Those of the ids that have resources by right. What a release has rejected may be kept for a day.
create or replace function public.living_of(ids uuid[])
returns setof uuid language sql stable security definer set search_path = '' as $$
  select d.id from public.deployments d
   where d.id = any (ids)
     and (d.status in ('deploying', 'active')
          or (d.status = 'failed' and d.error ->> 'code' = 'release_rejected'
              and d.release ->> 'on_failure' = 'keep' and d.updated_at > now() - interval '1 day'))
$$;

-- A deployment's operation ends with it, whatever moved it; so does the one that wakes it.
create or replace function slipway.end_deploy_operation()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  update public.operations o
     set status = case when new.status = 'active' then 'succeeded' else 'failed' end,
         error = case
           when new.status in ('failed', 'asleep') then coalesce(new.error, jsonb_build_object(
             'code', split_part(new.error_message, ':', 1), 'message', new.error_message, 'fix', ''))
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

-- A page of the caller's endpoints that have a living deployment, by name, after `after_name`.
create or replace function public.list_endpoints(
  search text default null, page_size integer default 20, after_name text default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  needle text := nullif(lower(left(search, 100)), '');
begin
  return (
    with matching as materialized (
      select e.name from public.endpoints e
       where e.user_id = caller
         and (needle is null or strpos(e.name, needle) > 0)
         and exists (
           select from public.deployments d
            where lower(d.endpoint_name) = e.name and d.user_id = e.user_id
              and d.status in ('deploying', 'active', 'asleep'))
    ), rest as (
      select m.name from matching m where after_name is null or m.name > after_name
    ), page as (
      select r.name from rest r order by r.name limit least(greatest(page_size, 1), 100)
    )
    select jsonb_build_object(
      'total', (select count(*) from matching),
      'more', (select count(*) from rest) > (select count(*) from page),
      'endpoints', coalesce((
        select jsonb_agg(slipway.endpoint_summary(e) order by e.name)
          from page p join public.endpoints e on e.name = p.name), '[]')));
end
$$;

-- What a list shows of an endpoint: its row and what lives on it, at most 100 deployments.
create or replace function slipway.endpoint_summary(endpoint public.endpoints)
returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'name', (endpoint).name, 'target', (endpoint).target, 'traffic', (endpoint).traffic,
    'mirror', (endpoint).mirror, 'version', (endpoint).version, 'created_at', (endpoint).created_at,
    'living', coalesce((
      select jsonb_agg(jsonb_build_object(
               'deployment_id', d.id, 'deployment_name', d.deployment_name, 'status', d.status,
               'instance_type', d.instance_type, 'instance_count', d.instance_count,
               'scoring_uri', d.scoring_uri, 'revision', d.revision) order by d.revision desc)
        from (select * from public.deployments l
               where lower(l.endpoint_name) = (endpoint).name and l.user_id = (endpoint).user_id
                 and l.status in ('deploying', 'active', 'asleep')
               order by l.revision desc limit 100) d), '[]'))
$$;

-- One endpoint with its revisions, newest first, and its last 100 moves of traffic; null where the
-- caller has none of this name.
create or replace function public.endpoint_detail(endpoint_name text)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  return (
    select slipway.endpoint_summary(e) || jsonb_build_object(
      'revisions', coalesce((
        select jsonb_agg(to_jsonb(v) order by v.revision desc)
          from (select r.* from public.deployment_rows r
                 where lower(r.endpoint_name) = e.name and r.user_id = e.user_id and r.status <> 'deleted'
                 order by r.revision desc limit 100) v), '[]'),
      'moves', coalesce((
        select jsonb_agg(to_jsonb(m) order by m.id desc)
          from (select t.id, t.traffic, t.mirror, t.operation_id, t.at from public.traffic_moves t
                 where t.endpoint_name = e.name and t.user_id = caller order by t.id desc limit 100) m), '[]'))
      from public.endpoints e
     where e.name = lower(endpoint_detail.endpoint_name) and e.user_id = caller);
end
$$;

revoke all on function
  public.record_traffic(text, jsonb, jsonb, uuid),
  public.request_change(text, uuid, jsonb, bigint),
  public.begin_due(),
  public.living_of(uuid[]),
  public.list_endpoints(text, integer, text),
  public.endpoint_detail(text)
  from public, anon, authenticated, service_role;
grant execute on function
  public.request_change(text, uuid, jsonb, bigint),
  public.list_endpoints(text, integer, text),
  public.endpoint_detail(text)
  to authenticated;
grant execute on function
  public.record_traffic(text, jsonb, jsonb, uuid),
  public.begin_due(),
  public.living_of(uuid[])
  to service_role;
