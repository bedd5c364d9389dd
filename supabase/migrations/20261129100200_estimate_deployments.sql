-- Why: before a deployment is asked for, its user sees whether the model's memory fits and how long
--   each phase takes here. The memory is measured when a model is converted, and kept for the content
--   of its file; the times are those of the last runs, of all users, as medians.
-- Safe online: a new table and functions. estimate_facts reads the last 1,000 events by their key.
-- Undo: drop function public.estimate_facts(uuid), public.keep_model_memory(uuid, integer),
--   slipway.typical_seconds(), slipway.file_of(text); drop table slipway.model_memory.
-- RLS: no policy on model_memory on purpose: estimate_facts alone reads it, for the model's owner, and
--   keep_model_memory alone writes it, for the service role. Of others' runs only medians are told.

create table if not exists slipway.model_memory (
  model_id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  content text not null constraint model_memory_content_length check (char_length(content) <= 200),
  memory_mb integer not null constraint model_memory_range check (memory_mb between 0 and 1048576),
  measured_at timestamptz not null default now()
);
comment on column slipway.model_memory.content is 'The file as Storage tells it: its ETag and size.';
create index if not exists model_memory_of_user on slipway.model_memory (user_id);
alter table slipway.model_memory enable row level security;
revoke all on table slipway.model_memory from public, anon, authenticated, service_role;

-- As model_rows tells it.
create or replace function slipway.file_of(file_path text, out size_bytes bigint, out content text)
language sql stable set search_path = '' as $$
  select (o.metadata ->> 'size')::bigint, format('%s/%s', o.metadata ->> 'eTag', o.metadata ->> 'size')
    from storage.objects o where o.bucket_id = 'models' and o.name = file_path
$$;

create or replace function public.keep_model_memory(model_id uuid, memory_mb integer)
returns void language sql security definer set search_path = '' as $$
  insert into slipway.model_memory as k (model_id, user_id, content, memory_mb)
  select m.id, m.user_id, f.content, keep_model_memory.memory_mb
    from public.trained_models m cross join lateral slipway.file_of(m.file_path) f
   where m.id = keep_model_memory.model_id and f.content is not null
  on conflict (model_id) do update
    set content = excluded.content, memory_mb = excluded.memory_mb, measured_at = now()
$$;

-- Phase to the median of its seconds, waiting included, among the last 1,000 events. Of a phase that
-- is cut by that bound, or that failed, nothing is counted; nor of what is no deployment's own run.
create or replace function slipway.typical_seconds()
returns jsonb language sql stable set search_path = '' as $$
  with latest as (
    select e.deployment_id, e.operation_id, e.phase, e.status, e.at
      from public.deployment_events e order by e.id desc limit 1000
  ), runs as (
    select l.phase,
           extract(epoch from max(l.at) filter (where l.status = 'succeeded')
                            - min(l.at) filter (where l.status = 'started')) as seconds
      from latest l
     where coalesce(l.operation_id, l.deployment_id) = l.deployment_id
     group by l.deployment_id, l.phase
  ), medians as (
    select r.phase, percentile_cont(0.5) within group (order by r.seconds) as seconds
      from runs r where r.seconds is not null group by r.phase
  )
  select coalesce(jsonb_object_agg(m.phase, round(m.seconds::numeric, 1)), '{}') from medians m
$$;

-- Of one of the caller's models. Refuses with model_not_found.
create or replace function public.estimate_facts(model_id uuid)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.enter();
  path text;
  file record;
begin
  select m.file_path into path
    from public.trained_models m where m.id = estimate_facts.model_id and m.user_id = caller;
  if not found then
    perform slipway.refuse('model_not_found', jsonb_build_object('model_id', model_id));
  end if;
  select f.size_bytes, f.content into file from slipway.file_of(path) f;
  return jsonb_build_object(
    'file_bytes', file.size_bytes,
    'memory_mb', (select k.memory_mb from slipway.model_memory k
                   where k.model_id = estimate_facts.model_id and k.content = file.content),
    'typical_seconds', slipway.typical_seconds());
end
$$;

revoke all on function public.keep_model_memory(uuid, integer), public.estimate_facts(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.keep_model_memory(uuid, integer) to service_role;
grant execute on function public.estimate_facts(uuid) to authenticated;
