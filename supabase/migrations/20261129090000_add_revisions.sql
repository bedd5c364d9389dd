-- Why: an endpoint's deployments are its revisions, numbered for ever; one that serves nobody can go
--   to sleep, which costs nothing, and be woken. A deployment says how it is released, what becomes
--   of what it replaced, how it scales and when it expires.
-- Safe online: columns without defaults and a new index beside the old one; the backfill numbers the
--   deployments that are there, one pass over the table. A constraint is replaced by a wider one.
-- Undo: wake or delete what sleeps; drop trigger deployments_numbered on public.deployments; drop
--   function slipway.number_revision(); alter table public.deployments drop column revision, drop
--   column recipe, drop column release, drop column keep_previous_minutes, drop column autoscale, drop
--   column expires_in_hours, drop column on_expiry, drop column expires_at, drop column sleeps_at; alter
--   table public.endpoints drop column last_revision, drop column mirror, drop column version; and apply 20261102090100, 20261102090500,
--   20261102090550, 20261127090000, 20261127100000 and 20261128090100 to 20261128090300 again.
-- RLS: as the rows that they belong to.

alter table public.deployments
  add column if not exists revision integer,
  add column if not exists recipe jsonb
    constraint deployments_recipe_size check (octet_length(recipe::text) <= 262144),
  add column if not exists release jsonb
    constraint deployments_release_size check (octet_length(release::text) <= 4096),
  add column if not exists keep_previous_minutes integer
    constraint deployments_keep_previous_range check (keep_previous_minutes between 0 and 43200),
  add column if not exists autoscale jsonb
    constraint deployments_autoscale_size check (octet_length(autoscale::text) <= 1024),
  add column if not exists expires_in_hours double precision
    constraint deployments_expiry_range check (expires_in_hours > 0 and expires_in_hours <= 8760),
  add column if not exists on_expiry text
    constraint deployments_on_expiry_known check (on_expiry in ('sleep', 'delete')),
  add column if not exists expires_at timestamptz,
  add column if not exists sleeps_at timestamptz;
comment on column public.deployments.recipe is 'What its container is made of, so that waking it converts nothing.';
comment on column public.deployments.keep_previous_minutes is 'How long what it replaced stays awake; null: for ever.';
comment on column public.deployments.sleeps_at is 'When it goes to sleep, because another one has replaced it.';
create index if not exists deployments_due
  on public.deployments (least(expires_at, sleeps_at)) where status = 'active';

alter table public.endpoints
  add column if not exists last_revision integer not null default 0,
  add column if not exists mirror jsonb not null default '{}'
    constraint endpoints_mirror_object check (jsonb_typeof(mirror) = 'object'),
  add column if not exists version bigint not null default 0;
comment on column public.endpoints.mirror is 'Deployment to percentage of copied requests, as last seen.';
comment on column public.endpoints.version is 'Grows with every change of traffic or mirror that was seen.';
update public.deployments d set revision = numbered.revision
  from (select n.id, row_number() over (
                 partition by lower(n.endpoint_name), n.user_id order by n.created_at, n.id) as revision
          from public.deployments n) numbered
 where numbered.id = d.id and d.revision is null;
update public.endpoints e
   set last_revision = greatest(e.last_revision, coalesce((
     select max(d.revision) from public.deployments d
      where lower(d.endpoint_name) = e.name and d.user_id = e.user_id), 0));

alter table public.deployments drop constraint if exists deployments_status_known;
alter table public.deployments add constraint deployments_status_known
  check (status in ('deploying', 'active', 'asleep', 'failed', 'deleted')) not valid;
alter table public.deployments validate constraint deployments_status_known;

-- A name that sleeps is to be woken under it.
create unique index if not exists deployments_one_name
  on public.deployments (lower(endpoint_name), lower(deployment_name))
  where status in ('deploying', 'active', 'asleep');
drop index if exists public.deployments_one_living_name;
create index if not exists deployments_of_endpoint_name
  on public.deployments (lower(endpoint_name)) where status in ('deploying', 'active', 'asleep');

-- The table of shared/domain/status.py. What could not be woken sleeps again.
create or replace function slipway.may_move(old_status text, new_status text)
returns boolean language sql immutable set search_path = '' as $$
  select (old_status, new_status) in (
    ('deploying', 'active'), ('deploying', 'failed'), ('deploying', 'deleted'), ('deploying', 'asleep'),
    ('active', 'deleted'), ('active', 'failed'), ('active', 'asleep'),
    ('asleep', 'deploying'), ('asleep', 'deleted'),
    ('failed', 'deleted'))
$$;

create or replace function slipway.next_revision(endpoint_name text)
returns integer language sql set search_path = '' as $$
  update public.endpoints e set last_revision = e.last_revision + 1
   where e.name = lower(next_revision.endpoint_name) returning e.last_revision
$$;

-- The endpoint's row is locked until the end of the transaction: two revisions never share a number.
create or replace function slipway.number_revision()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.status <> 'deleted' then
    perform slipway.keep_endpoint(lower(new.endpoint_name), new.user_id);
  end if;
  new.revision := coalesce(slipway.next_revision(new.endpoint_name), 1);
  return new;
end
$$;
create or replace trigger deployments_numbered
  before insert on public.deployments
  for each row execute function slipway.number_revision();

-- A name that its last owner has left goes to the next one, with no traffic and no revisions yet.
create or replace function slipway.keep_endpoint(endpoint_name text, owner uuid)
returns void language sql set search_path = '' as $$
  insert into public.endpoints as e (name, user_id) values (endpoint_name, owner)
  on conflict (name) do update
    set user_id = excluded.user_id, traffic = '{}', mirror = '{}', version = e.version + 1,
        last_revision = 0, created_at = now(), updated_at = now()
  where e.user_id <> excluded.user_id
$$;

create or replace function public.rename_endpoint(deployment_id uuid, endpoint_name text)
returns void language plpgsql security definer set search_path = '' as $$
declare
  owner uuid;
begin
  perform pg_advisory_xact_lock(hashtextextended('slipway.endpoint/' || lower(endpoint_name), 0));
  update public.deployments d set endpoint_name = rename_endpoint.endpoint_name
   where d.id = deployment_id and d.status = 'deploying' returning d.user_id into owner;
  if not found then
    perform slipway.refuse('deployment_not_found', jsonb_build_object('deployment_id', deployment_id));
  end if;
  perform slipway.keep_endpoint(lower(rename_endpoint.endpoint_name), owner);
  update public.deployments d set revision = slipway.next_revision(rename_endpoint.endpoint_name)
   where d.id = deployment_id;
  update public.operations o set endpoint_name = lower(rename_endpoint.endpoint_name)
   where o.id = rename_endpoint.deployment_id;
exception
  when exclusion_violation or unique_violation then
    perform slipway.refuse('endpoint_name_taken', jsonb_build_object('name', endpoint_name));
end
$$;

-- Awake it has a time to expire; asleep or gone it has none, and nothing left to put to sleep.
create or replace function slipway.time_deployment()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.status <> 'active' then
    new.expires_at := null;
    new.sleeps_at := null;
  elsif old.status <> 'active' or new.expires_in_hours is distinct from old.expires_in_hours then
    new.expires_at := now() + make_interval(secs => new.expires_in_hours * 3600);
  end if;
  return new;
end
$$;
create or replace trigger deployments_timed
  before update on public.deployments
  for each row execute function slipway.time_deployment();

create or replace function slipway.spec_fields()
returns text[] language sql immutable set search_path = '' as $$
  select array['model_id', 'deployment_name', 'endpoint_name', 'description', 'instance_type',
               'instance_count', 'environment_variables', 'release', 'keep_previous_minutes',
               'autoscale', 'expires_in_hours', 'on_expiry']
$$;

create or replace function public.move_deployment(
  deployment_id uuid, to_status text, fields jsonb default '{}')
returns boolean language plpgsql security definer set search_path = '' as $$
declare
  foreign_fields text[] := (
    select array_agg(k) from jsonb_object_keys(fields) k
     where k not in ('azure_model_name', 'azure_model_version', 'scoring_uri', 'swagger_uri',
                     'error_message', 'error', 'deployed_at', 'recipe'));
begin
  if foreign_fields is not null then
    perform slipway.refuse('unknown_fields', jsonb_build_object('fields', foreign_fields));
  end if;
  update public.deployments d
     set status = to_status,
         (azure_model_name, azure_model_version, scoring_uri, swagger_uri, error_message, error, deployed_at, recipe) = (
           select f.azure_model_name, f.azure_model_version, f.scoring_uri, f.swagger_uri,
                  f.error_message, f.error, f.deployed_at, f.recipe
             from jsonb_populate_record(d, fields) f)
   where d.id = deployment_id and slipway.may_move(d.status, to_status);
  return found;
end
$$;

-- Deploying, active and sleeping deployments there, newest first. Endpoint names have no case.
create or replace function public.living_on_endpoint(endpoint_name text)
returns setof public.deployments language sql stable set search_path = '' as $$
  select d.* from public.deployments d
   where lower(d.endpoint_name) = lower(living_on_endpoint.endpoint_name)
     and d.status in ('deploying', 'active', 'asleep')
   order by d.created_at desc, d.id desc
$$;

-- Refuses with model_in_use, which names up to 20 of the deployments. What sleeps is in use.
create or replace function slipway.release_model(
  model_id uuid, owner uuid, model_name text, algorithm text)
returns void language plpgsql set search_path = '' as $$
declare
  living jsonb := (
    select jsonb_agg(to_jsonb(d)) from (
      select d.id, d.deployment_name, d.endpoint_name, d.status from public.deployments d
       where d.model_id = release_model.model_id and d.user_id = owner
         and d.status in ('deploying', 'active', 'asleep')
       order by d.created_at desc limit 20) d);
begin
  if living is not null then
    perform slipway.refuse('model_in_use', jsonb_build_object('deployments', living));
  end if;
  update public.deployments d
     set model_id = null,
         former_model = jsonb_build_object(
           'model_name', left(release_model.model_name, 200),
           'algorithm', left(release_model.algorithm, 200))
   where d.model_id = release_model.model_id and d.user_id = owner;
end
$$;

create or replace view public.deployment_rows with (security_invoker = true) as
select d.id, d.user_id, d.model_id, d.deployment_name, d.endpoint_name, d.description,
       d.instance_type, d.instance_count, d.status, d.azure_model_name, d.azure_model_version,
       d.scoring_uri, d.swagger_uri, d.error_message,
       d.created_at, d.updated_at, d.deployed_at, d.deleted_at,
       coalesce(
         (select jsonb_build_object(
                   'model_name', left(m.model_name::text, 200), 'algorithm', left(m.algorithm::text, 200))
            from public.trained_models m
           where m.id = d.model_id and m.user_id = d.user_id),
         d.former_model) as trained_models,
       d.error, d.environment_variables, d.revision, d.release, d.keep_previous_minutes, d.autoscale,
       d.expires_in_hours, d.on_expiry, d.expires_at, d.sleeps_at
  from public.deployments d;

create or replace view public.model_rows with (security_invoker = true) as
select m.id, m.user_id, left(m.model_name::text, 200) as model_name, left(m.algorithm::text, 200) as algorithm,
       m.file_path,
       case when octet_length(m.metadata::text) <= 32768 then m.metadata end as metadata,
       m.created_at, f.size_bytes, f.content,
       (select s.verdict || jsonb_build_object('scanner', s.scanner)
          from public.model_scans s
         where s.user_id = m.user_id and s.content = f.content) as scan,
       (select count(*) from public.deployments d
         where d.model_id = m.id and d.user_id = m.user_id
           and d.status in ('deploying', 'active', 'asleep')) as living_deployments
  from public.trained_models m
  left join lateral (
    select (o.metadata ->> 'size')::bigint as size_bytes,
           format('%s/%s', o.metadata ->> 'eTag', o.metadata ->> 'size') as content
      from storage.objects o
     where o.bucket_id = 'models' and o.name = m.file_path) f on true;
