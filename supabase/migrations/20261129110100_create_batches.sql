-- Why: up to 20 deployments are asked for at once: all rows or none, one Idempotency-Key, limits
--   counted as a whole. A batch is an operation; its deployments wait for their turn, which is given
--   here, so that it is given once however often a crash makes it asked for again.
-- Safe online: a new table and functions.
-- Undo: drop function public.request_batch(uuid, jsonb, integer, text, text, text),
--   public.abandon_batch(uuid, jsonb), public.cancel_batch(uuid, jsonb), public.batch_detail(uuid),
--   public.take_turn(uuid, integer, integer), public.skip_waiting(uuid, jsonb),
--   public.find_batch(uuid), slipway.skip_waiting(uuid, jsonb); drop table slipway.batch_turns;
--   delete from public.operations where kind = 'batch'.
-- RLS: no policy on batch_turns on purpose: the functions alone read and write it.

create table if not exists slipway.batch_turns (
  batch_id uuid not null references public.operations (id) on delete cascade,
  index integer not null,
  place integer not null,
  deployment_id uuid not null unique references public.deployments (id) on delete cascade,
  lane integer,
  turn integer,
  primary key (batch_id, index),
  unique (batch_id, lane, turn)
);
comment on column slipway.batch_turns.index is 'In the request, from 0.';
comment on column slipway.batch_turns.place is 'In the order in which they begin, from 0.';
comment on column slipway.batch_turns.lane is 'Which of those that deploy beside each other took it; null while it waits.';
alter table slipway.batch_turns enable row level security;
revoke all on table slipway.batch_turns from public, anon, authenticated, service_role;

-- `members`: [{id, spec, place}] in the order of the request. Refuses with idempotency_key_reused,
-- too_many_deploying, too_many_active, and batch_refused with what request_deployment says of each.
create or replace function public.request_batch(
  batch_id uuid,
  members jsonb,
  at_once integer,
  on_failure text,
  idempotency_key text default null,
  body_hash text default null)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  asked integer := jsonb_array_length(members);
  first slipway.idempotency_keys;
  known uuid;
  errors jsonb := '[]';
  code text;
  facts text;
begin
  if asked not between 1 and 20 or at_once not between 1 and 20 or on_failure not in ('go_on', 'stop') then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', array['members']));
  end if;
  perform pg_advisory_xact_lock(hashtextextended('slipway.user/' || caller, 0));
  if idempotency_key is not null then
    select * into first from slipway.idempotency_keys k
     where k.user_id = caller and k.key = idempotency_key and k.created_at >= now() - interval '24 hours';
    if found then
      select t.batch_id into known from slipway.batch_turns t where t.deployment_id = first.deployment_id;
      if known is null or first.body_hash is distinct from request_batch.body_hash then
        perform slipway.refuse('idempotency_key_reused',
          jsonb_build_object('deployment_id', first.deployment_id));
      end if;
      return jsonb_build_object('replayed', true, 'batch', slipway.batch(known));
    end if;
  end if;

  perform slipway.require_room(caller, asked);

  insert into public.operations (id, user_id, kind, endpoint_name, input, requested_by)
  values (batch_id, caller, 'batch', '',
          jsonb_build_object('at_once', at_once, 'on_failure', on_failure), caller);
  -- One request, however many deployments it asks for.
  update slipway.request_counts c set paid = c.paid + asked where c.user_id = caller;
  for i in 0 .. asked - 1 loop
    begin
      perform public.request_deployment((members -> i ->> 'id')::uuid, members -> i -> 'spec');
      insert into slipway.batch_turns (batch_id, index, place, deployment_id)
      values (request_batch.batch_id, i, (members -> i ->> 'place')::integer, (members -> i ->> 'id')::uuid);
    exception when raise_exception then
      get stacked diagnostics code = message_text, facts = pg_exception_detail;
      errors := errors || jsonb_build_object('index', i, 'code', code, 'facts', facts::jsonb);
    end;
  end loop;
  if errors <> '[]' then
    perform slipway.refuse('batch_refused', jsonb_build_object('errors', errors));
  end if;
  update public.operations o set parent_id = request_batch.batch_id
    from slipway.batch_turns t where t.batch_id = request_batch.batch_id and o.id = t.deployment_id;
  insert into public.deployment_events (deployment_id, operation_id, user_id, phase, status, message)
  select t.deployment_id, t.deployment_id, caller, 'take_turn', 'started',
         format('Waiting for its turn: number %s of %s in the batch.', t.place + 1, asked)
    from slipway.batch_turns t where t.batch_id = request_batch.batch_id;
  if idempotency_key is not null then
    insert into slipway.idempotency_keys as k (user_id, key, body_hash, deployment_id)
    values (caller, idempotency_key, request_batch.body_hash, (members -> 0 ->> 'id')::uuid)
    on conflict (user_id, key) do update
      set body_hash = excluded.body_hash, deployment_id = excluded.deployment_id, created_at = now();
  end if;
  return jsonb_build_object('replayed', false, 'batch', slipway.batch(batch_id));
end
$$;

-- A batch as the API shows it, its deployments in the order of the request; deleted ones too.
create or replace function slipway.batch(batch_id uuid)
returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'batch_id', o.id, 'user_id', o.user_id, 'status', o.status, 'error', o.error,
    'at_once', o.input -> 'at_once', 'on_failure', o.input -> 'on_failure',
    'started_at', o.started_at, 'ended_at', o.ended_at,
    'deployments', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'deployment_id', d.id, 'model_id', d.model_id, 'deployment_name', d.deployment_name,
               'endpoint_name', d.endpoint_name, 'status', d.status, 'error', d.error,
               'waiting', t.lane is null and d.status = 'deploying') order by t.index), '[]')
        from slipway.batch_turns t join public.deployments d on d.id = t.deployment_id
       where t.batch_id = o.id))
    from public.operations o where o.id = batch.batch_id and o.kind = 'batch'
$$;

-- Null where the caller has none of this id.
create or replace function public.batch_detail(batch_id uuid)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  return (select slipway.batch(o.id) from public.operations o
           where o.id = batch_detail.batch_id and o.user_id = caller);
end
$$;

-- The next deployment of the batch for this lane, whose turn this is from now on; null where none
-- waits. The same lane and turn get the same one again.
create or replace function public.take_turn(batch_id uuid, lane integer, turn integer)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  taken uuid;
begin
  -- One taker of a batch at a time, and none beside who cancels it.
  perform from public.operations o where o.id = take_turn.batch_id and o.status = 'running' for update;
  if not found then
    return null;
  end if;
  select t.deployment_id into taken from slipway.batch_turns t
   where t.batch_id = take_turn.batch_id and t.lane = take_turn.lane and t.turn = take_turn.turn;
  if not found then
    update slipway.batch_turns t set lane = take_turn.lane, turn = take_turn.turn
     where (t.batch_id, t.index) in (
       select w.batch_id, w.index from slipway.batch_turns w
         join public.operations o on o.id = w.deployment_id and o.status = 'running'
        where w.batch_id = take_turn.batch_id and w.lane is null
        order by w.place limit 1)
    returning t.deployment_id into taken;
    -- Its deadlines count from here.
    update public.operations o set started_at = now() where o.id = taken;
    insert into public.deployment_events (deployment_id, operation_id, user_id, phase, status, message)
    select d.id, d.id, d.user_id, 'take_turn', 'succeeded', 'Its turn in the batch has come.'
      from public.deployments d where d.id = taken;
  end if;
  return (select to_jsonb(d) from public.deployments d where d.id = taken);
end
$$;

-- What has not begun fails for this reason; how many that were.
create or replace function slipway.skip_waiting(batch_id uuid, error jsonb)
returns integer language plpgsql set search_path = '' as $$
declare
  skipped integer;
begin
  perform from public.operations o where o.id = skip_waiting.batch_id for update;
  with failed as (
    update public.deployments d
       set status = 'failed', error = skip_waiting.error,
           error_message = left(slipway.error_text(skip_waiting.error), 1000)
      from slipway.batch_turns t
     where t.batch_id = skip_waiting.batch_id and t.lane is null
       and d.id = t.deployment_id and d.status = 'deploying'
    returning d.id, d.user_id, d.error_message
  ), told as (
    insert into public.deployment_events (deployment_id, operation_id, user_id, phase, status, message, error)
    select f.id, f.id, f.user_id, 'take_turn', 'failed', f.error_message, skip_waiting.error from failed f
  )
  select count(*) into skipped from failed;
  return skipped;
end
$$;

create or replace function public.skip_waiting(batch_id uuid, error jsonb)
returns integer language sql security definer set search_path = '' as $$
  select slipway.skip_waiting(batch_id, error)
$$;

-- The same for its owner. Refuses with batch_not_found.
create or replace function public.cancel_batch(batch_id uuid, error jsonb)
returns integer language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
begin
  if not exists (
    select from public.operations o
     where o.id = cancel_batch.batch_id and o.user_id = caller and o.kind = 'batch') then
    perform slipway.refuse('batch_not_found', jsonb_build_object('batch_id', batch_id));
  end if;
  return slipway.skip_waiting(batch_id, error);
end
$$;

-- Its orchestration could not be started: all of it has failed, and its key is free. Nothing happens
-- to a batch that has begun.
create or replace function public.abandon_batch(batch_id uuid, error jsonb)
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter(refusing => false);
begin
  perform from public.operations o
   where o.id = abandon_batch.batch_id and o.user_id = caller and o.kind = 'batch' and o.status = 'running'
     for update;
  if not found or exists (
    select from slipway.batch_turns t
     where t.batch_id = abandon_batch.batch_id and t.lane is not null) then
    return;
  end if;
  perform slipway.skip_waiting(batch_id, error);
  update public.operations o set status = 'failed', error = abandon_batch.error, ended_at = now()
   where o.id = abandon_batch.batch_id;
  delete from slipway.idempotency_keys k
   using slipway.batch_turns t
   where t.batch_id = abandon_batch.batch_id and k.deployment_id = t.deployment_id;
end
$$;

create or replace function public.find_batch(batch_id uuid)
returns jsonb language sql stable security definer set search_path = '' as $$
  select slipway.batch(batch_id)
$$;

revoke all on function
  public.request_batch(uuid, jsonb, integer, text, text, text),
  public.abandon_batch(uuid, jsonb),
  public.cancel_batch(uuid, jsonb),
  public.batch_detail(uuid),
  public.take_turn(uuid, integer, integer),
  public.skip_waiting(uuid, jsonb),
  public.find_batch(uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  public.request_batch(uuid, jsonb, integer, text, text, text),
  public.abandon_batch(uuid, jsonb),
  public.cancel_batch(uuid, jsonb),
  public.batch_detail(uuid)
  to authenticated;
grant execute on function
  public.take_turn(uuid, integer, integer),
  public.skip_waiting(uuid, jsonb),
  public.find_batch(uuid)
  to service_role;
