-- Why: a model that was deployed once can be removed when no deployment of it lives. Its failed and
--   deleted deployments keep its name, and no longer point to it.
-- Safe online: a nullable column, one NOT NULL dropped, a constraint that existing rows fulfil and
--   that is not validated, a trigger.
-- Undo: drop trigger trained_models_released on public.trained_models; drop function
--   slipway.release_removed_model(), slipway.release_model(uuid, uuid, text, text); alter table
--   public.deployments drop column former_model; and apply 20261102090100 again.
-- RLS: as before. Owners remove their models; the trigger refuses where one of them is in use.

alter table public.deployments add column if not exists former_model jsonb;
comment on column public.deployments.former_model is
  'Name and algorithm of a model that was removed; model_id is null then.';
alter table public.deployments alter column model_id drop not null;
do $$
begin
  if not exists (
    select from pg_catalog.pg_constraint c
     where c.conrelid = 'public.deployments'::regclass and c.conname = 'deployments_model_known') then
    alter table public.deployments add constraint deployments_model_known
      check (model_id is not null or former_model is not null) not valid;
  end if;
end
$$;

-- The model of a deployment never becomes another one; it may go.
create or replace function slipway.govern_deployment()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.status <> old.status and not slipway.may_move(old.status, new.status) then
    perform slipway.refuse('illegal_move', jsonb_build_object('from', old.status, 'to', new.status));
  end if;
  if (new.id, new.user_id, new.deployment_name, new.created_at)
     is distinct from (old.id, old.user_id, old.deployment_name, old.created_at)
     or (new.model_id is distinct from old.model_id and new.former_model is null)
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

-- Refuses with model_in_use, which names up to 20 of the deployments.
create or replace function slipway.release_model(
  model_id uuid, owner uuid, model_name text, algorithm text)
returns void language plpgsql set search_path = '' as $$
declare
  living jsonb := (
    select jsonb_agg(to_jsonb(d)) from (
      select d.id, d.deployment_name, d.endpoint_name, d.status from public.deployments d
       where d.model_id = release_model.model_id and d.user_id = owner
         and d.status in ('deploying', 'active')
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

-- Whichever way a row goes. With an account everything goes, and nothing has to be kept.
create or replace function slipway.release_removed_model()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from auth.users u where u.id = old.user_id) then
    perform slipway.release_model(
      old.id, old.user_id, old.model_name::text, old.algorithm::text);
  end if;
  return old;
end
$$;

do $$
begin
  if (select relkind from pg_catalog.pg_class where oid = 'public.trained_models'::regclass) in ('r', 'p') then
    create or replace trigger trained_models_released
      before delete on public.trained_models
      for each row execute function slipway.release_removed_model();
  end if;
end
$$;
