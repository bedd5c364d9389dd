-- Why: limits hold for all instances of the app together, so the database keeps and enforces them.
-- Safe online: new tables; the counters are unlogged, a crash forgets at most two minutes.
-- Undo: drop function public.count_request(), public.apply_limits(integer, integer, integer);
--   drop table slipway.request_counts, slipway.deployment_limits.
-- RLS: no policy on purpose: both tables are reached through functions only.

create table if not exists slipway.deployment_limits (
  singleton boolean primary key default true
    constraint deployment_limits_one_row check (singleton),
  max_deploying integer not null default 5 check (max_deploying >= 1),
  max_active integer not null default 20 check (max_active >= 1),
  max_requests_per_minute integer not null default 300 check (max_requests_per_minute >= 1)
);
insert into slipway.deployment_limits default values on conflict do nothing;

create unlogged table if not exists slipway.request_counts (
  user_id uuid primary key references auth.users (id) on delete cascade,
  minute timestamptz not null,
  requests integer not null,
  requests_before integer not null
) with (fillfactor = 50);
comment on column slipway.request_counts.requests_before is 'In the minute before this one.';

alter table slipway.deployment_limits enable row level security;
alter table slipway.request_counts enable row level security;
revoke all on table slipway.deployment_limits, slipway.request_counts
  from public, anon, authenticated, service_role;
grant usage on schema slipway to service_role;
grant select, update on table slipway.deployment_limits to service_role;

-- A sliding minute: this minute's requests and the part of the last one's that is still within
-- sixty seconds. A refused request does not count, so that waiting always helps.
create or replace function public.count_request()
returns void language plpgsql security definer set search_path = '' as $$
declare
  caller uuid := slipway.caller();
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

  if counted.requests_before * (1 - elapsed / 60) + counted.requests + 1 > allowed then
    seconds := case
      when counted.requests < allowed
        then 60 * (1 - (allowed - counted.requests - 1)::numeric / counted.requests_before) - elapsed
      else 60 - elapsed + 60 * (1 - (allowed - 1)::numeric / counted.requests) end;
    perform slipway.refuse('too_many_requests', jsonb_build_object(
      'limit', allowed, 'retry_after', greatest(1, ceil(seconds))));
  end if;

  update slipway.request_counts
     set minute = counted.minute, requests = counted.requests + 1,
         requests_before = counted.requests_before
   where user_id = caller;
end
$$;

create or replace function public.apply_limits(
  max_deploying integer, max_active integer, max_requests_per_minute integer)
returns void language sql security definer set search_path = '' as $$
  update slipway.deployment_limits
     set max_deploying = apply_limits.max_deploying,
         max_active = apply_limits.max_active,
         max_requests_per_minute = apply_limits.max_requests_per_minute
   where (deployment_limits.max_deploying, deployment_limits.max_active,
          deployment_limits.max_requests_per_minute)
      <> (apply_limits.max_deploying, apply_limits.max_active, apply_limits.max_requests_per_minute)
$$;

revoke all on function public.count_request() from public, anon, authenticated, service_role;
grant execute on function public.count_request() to authenticated;
revoke all on function public.apply_limits(integer, integer, integer) from public, anon, authenticated;
grant execute on function public.apply_limits(integer, integer, integer) to service_role;
