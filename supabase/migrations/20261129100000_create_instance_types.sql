-- Why: the catalogue of sizes is data: what may be deployed, with its price by region, read by the app
--   and by the dashboard, checked here. A timer keeps it up with what the workspace's region offers.
-- Safe online: a new table of few rows; a constraint on deployments becomes a trigger that looks a
--   size up by its key, on insert alone, so every row that is there stays as it is.
-- Undo: drop trigger deployments_instance_type_offered on public.deployments;
--   drop function slipway.check_instance_type(), public.keep_instance_types(text, jsonb);
--   drop table public.instance_types; and the constraint and default of 20261102090100.
-- RLS: every signed-in user reads; keep_instance_types alone writes, for the service role alone.

create table if not exists public.instance_types (
  name text primary key constraint instance_types_name_length check (char_length(name) between 1 and 64),
  cores integer not null constraint instance_types_cores_range check (cores between 1 and 1000),
  memory_gb double precision not null constraint instance_types_memory_range check (memory_gb > 0),
  family text not null constraint instance_types_family_length check (char_length(family) between 1 and 64),
  retires_on date,
  successor text constraint instance_types_successor_length check (char_length(successor) <= 64),
  is_default boolean not null default false,
  offered boolean not null default true,
  prices jsonb not null default '{}' constraint instance_types_prices_object check (
    jsonb_typeof(prices) = 'object' and octet_length(prices::text) <= 8192),
  updated_at timestamptz not null default now()
);
comment on column public.instance_types.offered is 'The workspace''s region has it; others are kept for the rows that name them.';
comment on column public.instance_types.prices is 'Region to USD an hour: one instance, Linux, pay as you go.';
create unique index if not exists instance_types_one_default on public.instance_types (is_default) where is_default;

alter table public.instance_types enable row level security;
drop policy if exists "Signed-in users read the sizes" on public.instance_types;
create policy "Signed-in users read the sizes" on public.instance_types for select to authenticated using (true);
revoke all on table public.instance_types from public, anon, authenticated, service_role;
grant select on table public.instance_types to authenticated, service_role;

-- `sizes`: objects with the columns of instance_types, `prices` with this region's alone. What is not
-- among them is offered no more; with none at all nothing changes. How many are offered then.
create or replace function public.keep_instance_types(region text, sizes jsonb)
returns integer language plpgsql security definer set search_path = '' as $$
begin
  if jsonb_array_length(sizes) between 1 and 1000 then
    insert into public.instance_types as t (name, cores, memory_gb, family, retires_on, successor, prices)
    select f.name, f.cores, f.memory_gb, f.family, f.retires_on, f.successor,
           jsonb_strip_nulls(jsonb_build_object(region, f.prices -> region))
      from jsonb_to_recordset(sizes) as f (
        name text, cores integer, memory_gb double precision, family text, retires_on date,
        successor text, prices jsonb)
    on conflict (name) do update
       set cores = excluded.cores, memory_gb = excluded.memory_gb, family = excluded.family,
           retires_on = excluded.retires_on, successor = excluded.successor, offered = true,
           prices = t.prices || excluded.prices, updated_at = now();
    update public.instance_types t set offered = false, updated_at = now()
     where t.offered and not sizes @> jsonb_build_array(jsonb_build_object('name', t.name));
  end if;
  return (select count(*) from public.instance_types t where t.offered);
end
$$;
revoke all on function public.keep_instance_types(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.keep_instance_types(text, jsonb) to service_role;

-- Refuses with instance_type_unknown; without a size it is the default.
create or replace function slipway.check_instance_type()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  new.instance_type := coalesce(
    new.instance_type, (select t.name from public.instance_types t where t.is_default));
  if not exists (select from public.instance_types t where t.name = new.instance_type and t.offered) then
    perform slipway.refuse('instance_type_unknown', jsonb_build_object(
      'name', left(new.instance_type, 64),
      'offered', (select coalesce(jsonb_agg(t.name order by t.name), '[]')
                    from public.instance_types t where t.offered)));
  end if;
  return new;
end
$$;
create or replace trigger deployments_instance_type_offered
  before insert on public.deployments
  for each row execute function slipway.check_instance_type();
alter table public.deployments drop constraint if exists deployments_instance_type_offered;
alter table public.deployments alter column instance_type drop default;
