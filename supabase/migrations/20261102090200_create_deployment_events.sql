-- Why: the timeline that a person follows, phase by phase. Append-only: a phase that is tried again
--   after a crash leaves one start, one success, one failure.
-- Safe online: new table.
-- Undo: drop function public.record_event(uuid, text, text, text, text);
--   drop table public.deployment_events.
-- RLS: owners read. Events are written by record_event alone, which the service role alone may call;
--   nobody changes or removes one. They go with their deployment.

create table if not exists public.deployment_events (
  id bigint generated always as identity primary key,
  deployment_id uuid not null references public.deployments (id) on delete cascade,
  user_id uuid not null,
  phase text not null
    constraint deployment_events_phase_length check (char_length(phase) between 1 and 100),
  status text not null constraint deployment_events_status_known
    check (status in ('started', 'succeeded', 'failed', 'retrying', 'note')),
  message text not null
    constraint deployment_events_message_size check (octet_length(message) <= 4096),
  detail text constraint deployment_events_detail_size check (octet_length(detail) <= 16384),
  at timestamptz not null default now()
);

create index if not exists deployment_events_timeline
  on public.deployment_events (deployment_id, id);
create unique index if not exists deployment_events_once
  on public.deployment_events (deployment_id, phase, status)
  where status in ('started', 'succeeded', 'failed');

alter table public.deployment_events enable row level security;
drop policy if exists "Owners read their timeline" on public.deployment_events;
create policy "Owners read their timeline" on public.deployment_events
  for select to authenticated using ((select auth.uid()) = user_id);

revoke all on table public.deployment_events from public, anon, authenticated, service_role;
grant select on table public.deployment_events to authenticated, service_role;
revoke all on sequence public.deployment_events_id_seq from public, anon, authenticated, service_role;

create or replace function public.record_event(
  deployment_id uuid, phase text, status text, message text, detail text default null)
returns void language plpgsql security definer set search_path = '' as $$
begin
  insert into public.deployment_events as e (deployment_id, user_id, phase, status, message, detail)
  select d.id, d.user_id,
         record_event.phase, record_event.status, record_event.message, record_event.detail
    from public.deployments d where d.id = record_event.deployment_id
  on conflict do nothing;
  if not found and not exists (
    select from public.deployments d where d.id = record_event.deployment_id) then
    perform slipway.refuse(
      'deployment_not_found', jsonb_build_object('deployment_id', record_event.deployment_id));
  end if;
end
$$;

revoke all on function public.record_event(uuid, text, text, text, text) from public, anon, authenticated;
grant execute on function public.record_event(uuid, text, text, text, text) to service_role;
