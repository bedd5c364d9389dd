-- Why: one row a deployment, its whole life long; deleting one is a move, not a removal.
--   An endpoint's name belongs to the user who first deployed to it until that user's last
--   deployment there is deleted: an exclusion constraint, so that of two requests at once one wins.
-- Safe online: new table.
-- Undo: drop table public.deployments; drop function slipway.govern_deployment(),
--   slipway.check_model_owner(), slipway.may_move(text, text).
-- RLS: owners read. Users neither insert, update nor delete here: they call request_deployment and
--   delete_deployment. The service role writes, within the same legal moves.

create extension if not exists btree_gist with schema extensions;

create table if not exists public.deployments (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  model_id uuid not null,
  deployment_name text not null,
  endpoint_name text not null,
  description text,
  instance_type text not null default 'Standard_DS1_v2',
  instance_count integer not null default 1,
  status text not null default 'deploying',
  azure_model_name text,
  azure_model_version text,
  scoring_uri text,
  swagger_uri text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deployed_at timestamptz,
  deleted_at timestamptz,

  -- The rule of shared/domain/naming.py: what Azure ML accepts.
  constraint deployments_deployment_name_legal check (
    char_length(deployment_name) between 3 and 32
    and deployment_name ~ '^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$'),
  constraint deployments_endpoint_name_legal check (
    char_length(endpoint_name) between 3 and 32
    and endpoint_name ~ '^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$'),
  constraint deployments_description_length check (char_length(description) <= 1000),
  -- The catalogue of shared/domain/catalogue.py: what is not offered is not deployed, whoever asks.
  constraint deployments_instance_type_offered check (instance_type in (
    'Standard_DS1_v2', 'Standard_DS2_v2', 'Standard_DS3_v2', 'Standard_DS4_v2', 'Standard_F4s_v2')),
  constraint deployments_instance_count_range check (instance_count between 1 and 10),
  constraint deployments_status_known check (status in ('deploying', 'active', 'failed', 'deleted')),
  constraint deployments_deleted_has_time check ((status = 'deleted') = (deleted_at is not null)),
  -- Names become host names, which have no case. The user is cast so that no query about a user's
  -- rows ever prefers this index, which is thirty times slower at that than the ones below.
  constraint deployments_endpoint_name_claimed exclude using gist (
    lower(endpoint_name) with =, (user_id::text) with <>) where (status <> 'deleted')
);

create unique index if not exists deployments_one_living_name
  on public.deployments (lower(endpoint_name), lower(deployment_name))
  where status in ('deploying', 'active');
create index if not exists deployments_newest
  on public.deployments (user_id, created_at desc, id desc) where status <> 'deleted';
create index if not exists deployments_counted
  on public.deployments (user_id, status) include (created_at);
create index if not exists deployments_of_endpoint
  on public.deployments (endpoint_name) where status <> 'deleted';
create index if not exists deployments_of_model on public.deployments (model_id, user_id);
create index if not exists deployments_deploying
  on public.deployments (created_at, id) where status = 'deploying';
create index if not exists deployments_active on public.deployments (id) where status = 'active';

-- The table of shared/domain/status.py.
create or replace function slipway.may_move(old_status text, new_status text)
returns boolean language sql immutable set search_path = '' as $$
  select (old_status, new_status) in (
    ('deploying', 'active'), ('deploying', 'failed'), ('deploying', 'deleted'),
    ('active', 'deleted'), ('active', 'failed'),
    ('failed', 'deleted'))
$$;

-- Definer, because whoever updates the row has no rights in the schema slipway.
create or replace function slipway.govern_deployment()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.status <> old.status and not slipway.may_move(old.status, new.status) then
    perform slipway.refuse('illegal_move', jsonb_build_object('from', old.status, 'to', new.status));
  end if;
  if (new.id, new.user_id, new.model_id, new.deployment_name, new.created_at)
     is distinct from (old.id, old.user_id, old.model_id, old.deployment_name, old.created_at)
     or (new.endpoint_name <> old.endpoint_name and new.status <> 'deploying') then
    perform slipway.refuse('identity_is_fixed', jsonb_build_object('deployment_id', old.id));
  end if;
  new.updated_at := now();
  if new.status = 'active' and old.status <> 'active' then
    new.deployed_at := coalesce(new.deployed_at, now());
  elsif new.status = 'deleted' and old.status <> 'deleted' then
    new.deleted_at := coalesce(new.deleted_at, now());
  end if;
  return new;
end
$$;

create or replace trigger deployments_governed
  before update on public.deployments
  for each row execute function slipway.govern_deployment();

-- A user may deploy only models of their own. A foreign key says it where trained_models is a table;
-- where it is a view, which no foreign key can point to, a trigger says it with the same error.
create or replace function slipway.check_model_owner()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if not exists (
    select from public.trained_models m where m.id = new.model_id and m.user_id = new.user_id) then
    raise exception using errcode = 'foreign_key_violation',
      message = 'the model does not exist or belongs to somebody else',
      table = 'deployments', constraint = 'deployments_model_owned';
  end if;
  return new;
end
$$;

do $$
begin
  if (select relkind from pg_catalog.pg_class where oid = 'public.trained_models'::regclass) not in ('r', 'p') then
    create or replace trigger deployments_model_owned
      before insert on public.deployments
      for each row execute function slipway.check_model_owner();
  elsif not exists (
    select from pg_catalog.pg_constraint
     where conrelid = 'public.deployments'::regclass and conname = 'deployments_model_owned') then
    alter table public.deployments add constraint deployments_model_owned
      foreign key (model_id, user_id) references public.trained_models (id, user_id);
  end if;
end
$$;

alter table public.deployments enable row level security;
drop policy if exists "Owners read their deployments" on public.deployments;
create policy "Owners read their deployments" on public.deployments
  for select to authenticated using ((select auth.uid()) = user_id);

revoke all on table public.deployments from public, anon, authenticated, service_role;
grant select on table public.deployments to authenticated;
grant select, insert, update on table public.deployments to service_role;
