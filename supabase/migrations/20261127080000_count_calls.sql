-- Why: a token outlives its user: who is deleted, banned or signed out is refused at once, and
--   anonymous users unless a setting lets them in. The functions that users may call directly count
--   as requests too. What the API calls within one of its own requests has been counted already:
--   each counted request pays for one call, and at most 20 stand unused.
-- Safe online: two columns with defaults, and functions. apply_limits takes one more value, with a
--   default, so the app of the release before still runs.
-- Undo: drop function public.my_limits(), public.count_call(), slipway.enter(boolean),
--   slipway.count(uuid, integer, boolean), public.apply_limits(integer, integer, integer, boolean);
--   alter table slipway.request_counts drop column paid; alter table slipway.deployment_limits drop
--   column allow_anonymous; and apply 20261102085900, 20261102090300, 20261102090500 and
--   20261102090550 again.
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

revoke all on function public.count_request(), public.count_call(), public.my_limits()
  from public, anon, authenticated, service_role;
grant execute on function public.count_request(), public.count_call(), public.my_limits()
  to authenticated;
revoke all on function public.apply_limits(integer, integer, integer, boolean)
  from public, anon, authenticated;
grant execute on function public.apply_limits(integer, integer, integer, boolean) to service_role;
