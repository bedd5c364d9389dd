-- Why: what stands behind the functions in public lives in a schema that the REST API does not show.
-- Safe online: new schema.
-- Undo: drop function public.project_id(); drop schema slipway cascade.
-- RLS: nobody but the owner may enter the schema, unless a later migration says so.

create schema if not exists slipway;
comment on schema slipway is 'Internals behind the functions in public; not part of the REST API.';
revoke all on schema slipway from public;

-- Refuse with a code that programs know; the facts go into DETAIL as JSON.
create or replace function slipway.refuse(code text, facts jsonb default '{}')
returns void language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'P0001', message = code, detail = facts::text;
end
$$;

-- The signed-in user; a token without one is refused.
create or replace function slipway.caller()
returns uuid language plpgsql stable set search_path = '' as $$
begin
  if auth.uid() is null then
    perform slipway.refuse('not_signed_in');
  end if;
  return auth.uid();
end
$$;

-- Whose resources they are: two projects may share one Azure ML workspace, and each sweeps its own.
create table if not exists slipway.project (
  singleton boolean primary key default true constraint project_one_row check (singleton),
  id uuid not null default gen_random_uuid()
);
insert into slipway.project default values on conflict do nothing;
alter table slipway.project enable row level security;
revoke all on table slipway.project from public, anon, authenticated, service_role;

create or replace function public.project_id()
returns uuid language sql stable security definer set search_path = '' as $$
  select id from slipway.project
$$;
revoke all on function public.project_id() from public, anon, authenticated;
grant execute on function public.project_id() to service_role;
